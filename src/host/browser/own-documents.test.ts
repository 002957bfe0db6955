import { expect, it } from 'vitest';
import { sha256 } from '../../lib/hash';
import { OwnDocuments } from './own-documents';
import { MemoryFolder } from './runs/memory-files';

it('keeps documents under their hash, whole ones only, while a run names them', async () => {
  const folder = new MemoryFolder();
  const documents = new OwnDocuments(folder);
  const bytes = new TextEncoder().encode('{"_id":"a","text":"wing"}\n');
  const hash = sha256(bytes);
  expect(await documents.read(hash)).toBeNull();
  // A tab that was closed while it wrote.
  const half = await folder.open(`${hash}.jsonl`);
  half.write(0, bytes.subarray(0, 9));
  half.close();
  expect(await documents.read(hash)).toBeNull();
  await documents.keep(hash, bytes);
  await documents.keep(hash, bytes);
  expect(await documents.read(hash)).toEqual(bytes);
  await documents.prune(new Set([hash]));
  expect(await documents.read(hash)).toEqual(bytes);
  await documents.prune(new Set());
  expect(await documents.read(hash)).toBeNull();
});
