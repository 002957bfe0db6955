import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../lib/errors';
import { Exports } from './exports';
import { OwnLocks } from './runs/locks';
import { MemoryFolder } from './runs/memory-files';

const files = (length: number): Map<string, Uint8Array> =>
  new Map([['a.bin', new Uint8Array(length).map((_, i) => i)]]);
const never = new AbortController().signal;
const mute = (): void => undefined;

describe('a zip that is taken home', () => {
  it('lies in storage, and of several the last two', async () => {
    const root = new MemoryFolder();
    const exports = await Exports.in(root);
    for (let i = 0; i < 3; i++) {
      const blob = await exports.zip(files(100 + i), never, mute);
      expect(unzipSync(new Uint8Array(await blob.arrayBuffer()))['a.bin']).toHaveLength(100 + i);
    }
    const [mine] = await root.folders();
    expect((await (await root.folder(mine!)).files()).size).toBe(2);
  });

  it('leaves nothing where it is cancelled or there is no room', async () => {
    const root = new MemoryFolder({ room: 50 });
    const exports = await Exports.in(root);
    await expect(exports.zip(files(10_000), never, mute)).rejects.toThrow(InputError);
    const ended = new AbortController();
    ended.abort();
    await expect(exports.zip(files(1), ended.signal, mute)).rejects.toThrow(CancelledError);
    const [mine] = await root.folders();
    expect((await (await root.folder(mine!)).files()).size).toBe(0);
  });

  it('of a worker that has ended is removed by the next, of one that lives it is not', async () => {
    const root = new MemoryFolder();
    const locks = new OwnLocks();
    await (await Exports.in(root, locks)).zip(files(3), never, mute);
    await Exports.in(root, locks);
    expect(await root.folders()).toHaveLength(2);
    await Exports.in(root, new OwnLocks());
    expect(await root.folders()).toHaveLength(1);
  });
});
