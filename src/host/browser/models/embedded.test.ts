import { expect, it } from 'vitest';
import { writeCheckpoint } from '../../../formats/huggingface';
import { filesInMemory } from '../../../formats/model-files';
import { tinyQwen3 } from '../../../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../../../formats/word-level';
import { checkpointTensors } from '../../../tensors/layout';
import { OpenedCollection } from '../benchmark/collection';
import { EncodedStore } from '../benchmark/encoded-store';
import { FakeEngine } from '../fake-engine.test-data';
import { OwnLocks } from '../runs/locks';
import { MemoryFolder } from '../runs/memory-files';
import { EmbeddedCollection } from './embedded';
import { ModelStore } from './model-store';

it('a model that a device has no room for is refused with the memory that it grants, and everything is released', async () => {
  const weights = checkpointTensors(tinyQwen3).map(({ name, length }) => [name, new Float32Array(length)] as const);
  const tokenizer = wordLevelTokenizer(['<unk>', 'a', 'b', '<|embed_token|>'], '<unk>');
  const files = writeCheckpoint(tinyQwen3, new Map(weights), { tokenizer });
  const store = new ModelStore(new MemoryFolder(), new OwnLocks());
  const { hash } = await store.add(filesInMemory(files), 'tiny');
  const rows = ['{"_id":"1","text":"a b"}', '{"_id":"2","text":"b"}'].join('\n');
  const collection = await OpenedCollection.read('notes', [{ path: 'corpus.jsonl', file: new File([rows], 'corpus.jsonl') }]); // prettier-ignore
  const engine = new FakeEngine(undefined, (where) => where === 'load');
  const encoded = new EncodedStore(Promise.resolve(null));
  const told = () => undefined;
  const { signal } = new AbortController();
  await expect(EmbeddedCollection.open({ engine, store, encoded }, hash, collection, told, signal)).rejects.toThrow(
    /^tiny: this device has no memory for it and its texts; it grants about \d+ MB now, expected more than the weights' \d+ MB: /,
  );
  expect(engine.live).toBe(0);
  expect((await store.list()).map((model) => model.hash)).toEqual([hash]);
});
