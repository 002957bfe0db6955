import { expect, it } from 'vitest';
import { MemoryFolder } from '../runs/memory-files';
import { EncodedStore } from './encoded-store';

it('keeps embeddings under their name, whole ones only', async () => {
  const folder = new MemoryFolder();
  const store = new EncodedStore(Promise.resolve(folder));
  const vectors = Float32Array.of(0.6, 0.8, 1, 0);
  expect(await store.read('a', 4)).toBeNull();
  await store.keep('a', vectors);
  expect(await store.read('a', 4)).toEqual(vectors);
  // Of another shape they are none of these.
  expect(await store.read('a', 2)).toBeNull();
  const file = await folder.open('a');
  file.write(3, Uint8Array.of(1));
  file.close();
  expect(await store.read('a', 4)).toBeNull();
  await store.keep('a', vectors);
  expect(await store.read('a', 4)).toEqual(vectors);
});

it('lets the others go where there are too many', async () => {
  const folder = new MemoryFolder();
  const store = new EncodedStore(Promise.resolve(folder));
  const many = new Float32Array(40e6);
  await store.keep('a', many);
  await store.keep('b', Float32Array.of(1));
  expect([...(await folder.files()).keys()].sort()).toEqual(['a', 'b']);
  await store.keep('c', many);
  expect([...(await folder.files()).keys()]).toEqual(['c']);
});

it('does without where the browser denies it', async () => {
  const store = new EncodedStore(Promise.resolve(null));
  await store.keep('a', Float32Array.of(1));
  expect(await store.read('a', 1)).toBeNull();
});
