import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { memoryFile, readWhole, RoomCheck } from './source-file';
import { unpackedFiles } from './unpack';

const MEGABYTE = 2 ** 20;

test('what unpacks to far more than it is comes in pieces, and is refused before it is whole', async () => {
  const bomb = gzipSync(new Uint8Array(128 * MEGABYTE));
  expect(bomb.length).toBeLessThan(MEGABYTE / 4);
  const room = { bytes: 32 * MEGABYTE, of: 'a test' };
  const [file] = await unpackedFiles([memoryFile('a.txt.gz', 'dir/a.txt.gz', bomb)], room);
  let largest = 0;
  let total = 0;
  for await (const piece of file!.read()) {
    largest = Math.max(largest, piece.length);
    total += piece.length;
  }
  expect(total).toBe(128 * MEGABYTE);
  expect(largest).toBeLessThan(24 * MEGABYTE);
  await expect(readWhole(file!, new RoomCheck(room))).rejects.toThrow('dir/a.txt.gz: more than 33.6 MB of documents');
});
