import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../../formats/huggingface';
import { tinyQwen3 } from '../../../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../../../formats/word-level';
import { filesInMemory, type ModelFiles } from '../../../formats/model-files';
import { openModel } from '../../../formats/open-model';
import { sha256 } from '../../../lib/hash';
import { checkpointTensors } from '../../../tensors/layout';
import { OwnLocks } from '../runs/locks';
import { MemoryFolder } from '../runs/memory-files';
import { droppedFiles } from './kept-files';
import { cardOf } from './model-facts';
import { ModelStore } from './model-store';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A small checkpoint and what lies beside one. */
function checkpoint(seed = 0): Map<string, Uint8Array> {
  const weights = checkpointTensors(tinyQwen3).map(
    ({ name, length }, t) => [name, Float32Array.from({ length }, (_, i) => seed + t + i / 256)] as const,
  );
  const tokenizer = wordLevelTokenizer(['<unk>', 'a', 'b', '<|embed_token|>'], '<unk>');
  return new Map([
    ...writeCheckpoint(tinyQwen3, new Map(weights), { tokenizer, dtype: 'F16' }),
    ['README.md', text('---\nlicense: mit\n---\n# Tiny')],
    ['1_Pooling/config.json', text('{"pooling_mode_lasttoken":true}')],
    ['pytorch_model.bin', new Uint8Array(5000)],
    ['onnx/model.json', text('{}')],
  ]);
}

const inMemory = (limits = { room: Infinity }, room: () => Promise<number | null> = () => Promise.resolve(null)) => {
  const root = new MemoryFolder(limits);
  return { root, limits, store: new ModelStore(root, new OwnLocks(), room) };
};

describe('models that this browser keeps', () => {
  it('are kept under their hash with what makes them what they are, and read as before', async () => {
    const { store } = inMemory();
    const files = filesInMemory(checkpoint());
    const told: number[] = [];
    const model = await store.add(files, 'tiny', { onProgress: ({ done }) => told.push(done) });
    const before = await openModel(files, 'tiny');
    expect(model).toMatchObject({ name: 'tiny', kind: 'huggingface', from: '', dtype: 'f16', licence: 'mit' });
    expect(model.hash).toBe(await before.hash());
    expect(model.parameters).toBe(checkpointTensors(tinyQwen3).reduce((sum, { length }) => sum + length, 0));
    expect(await store.list()).toEqual([model]);
    const { opened } = await store.model(model.hash);
    expect(opened.files.names).toEqual(
      files.names.filter((name) => !['pytorch_model.bin', 'onnx/model.json'].includes(name)),
    );
    expect(await opened.hash()).toBe(model.hash);
    expect(await opened.weights.read('model.norm.weight', 0, 8)).toEqual(
      await before.weights.read('model.norm.weight', 0, 8),
    );
    expect(model.bytes).toBe(opened.files.names.reduce((sum, name) => sum + opened.files.size(name), 0));
    expect(told.every((done, i) => done >= (told[i - 1] ?? 0))).toBe(true);
    await store.remove(model.hash);
    expect(await store.list()).toEqual([]);
    await expect(store.model(model.hash)).rejects.toThrow(/^model [0-9a-f]{12}: not here, expected one of the models/);
  });

  it('show on their card what their files say', async () => {
    const { store } = inMemory();
    const { hash } = await store.add(filesInMemory(checkpoint()), 'tiny');
    const { model, opened } = await store.model(hash);
    const card = await cardOf(model, opened);
    expect(card).toMatchObject({
      hasHead: true,
      chatTemplate: null,
      tokenizer: { kind: 'WordLevel', size: 4, refused: null },
      embeds: { token: '<|embed_token|>', id: 3 },
    });
    expect(card.dtypes.map(({ dtype }) => dtype)).toEqual(['f16', 'f32']);
    expect(card.dtypes.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(model.parameters);
    const mute = checkpoint();
    mute.delete('tokenizer.json');
    mute.delete('tokenizer_config.json');
    const other = await store.add(filesInMemory(mute), 'mute');
    const found = await store.model(other.hash);
    expect(await cardOf(found.model, found.opened)).toMatchObject({ tokenizer: null, embeds: null });
  });

  it('are kept once, whatever they are called', async () => {
    const { store, root } = inMemory();
    const first = await store.add(filesInMemory(checkpoint()), 'tiny');
    expect(await store.add(filesInMemory(checkpoint()), 'another name')).toEqual(first);
    const second = await store.add(filesInMemory(checkpoint(1)), 'other weights');
    expect(second.hash).not.toBe(first.hash);
    expect(await root.folders()).toHaveLength(2);
  });

  it('leave nothing where they are cancelled, cannot be read or do not fit', async () => {
    const { store, root, limits } = inMemory({ room: 1e6 });
    const ended = new AbortController();
    const files = filesInMemory(checkpoint());
    const cut: ModelFiles = {
      ...files,
      read: async (name, from, to) => {
        if (name === 'model.safetensors' && to === files.size(name)) ended.abort();
        return files.read(name, from, to);
      },
    };
    await expect(store.add(cut, 'tiny', { signal: ended.signal })).rejects.toMatchObject({ name: 'CancelledError' });
    const short: ModelFiles = {
      ...files,
      read: async (name, from, to) => {
        const isCopied = name === 'model.safetensors' && from === 0 && to === files.size(name);
        return (await files.read(name, from, to)).subarray(0, isCopied ? 100 : to - from);
      },
    };
    await expect(store.add(short, 'tiny')).rejects.toThrow(/^tiny\/model\.safetensors: it ends at byte 100, expected/);
    await expect(store.add(filesInMemory(new Map([['a.txt', text('a')]])), 'notes')).rejects.toThrow(
      'notes: no config.json, expected a checkpoint in Hugging Face layout or a .gguf file',
    );
    expect(await root.folders()).toEqual([]);
    expect(limits.room).toBe(1e6);
    limits.room = 500;
    await expect(store.add(files, 'tiny')).rejects.toThrow(
      /^tiny: the browser's storage is full, expected room for 1 MB: delete a model or runs, or free the disk$/,
    );
    expect(await root.folders()).toEqual([]);
    expect(limits.room).toBe(500);
  });

  it('are refused before the first byte where the quota is too small', async () => {
    const { store, root } = inMemory({ room: Infinity }, () => Promise.resolve(1000));
    await expect(store.add(filesInMemory(checkpoint()), 'tiny')).rejects.toThrow(
      'tiny: 1 MB, and the browser leaves this page 0 MB, expected room for all of it: delete a model or runs',
    );
    expect(await root.folders()).toEqual([]);
  });

  it('are cleared of what was left half-way, unless somebody is at it', async () => {
    const root = new MemoryFolder();
    const locks = new OwnLocks();
    const store = new ModelStore(root, locks);
    const { hash } = await store.add(filesInMemory(checkpoint()), 'tiny');
    await root.folder('left');
    await root.folder('going');
    const release = await locks.take('going');
    await store.purge();
    expect(await root.folders()).toHaveLength(2);
    expect(await root.folders()).toContain('going');
    release?.();
    await store.purge();
    expect((await store.list()).map((model) => model.hash)).toEqual([hash]);
    expect(await root.folders()).toHaveLength(1);
  });

  it('come from a dropped folder, wherever in it they lie', async () => {
    const parts = [...checkpoint()].map(([name, bytes]) => ({
      path: `download/snapshots/x/${name}`,
      file: new Blob([Uint8Array.from(bytes)]),
    }));
    const files = droppedFiles([...parts, { path: 'download/note.txt', file: new Blob(['x']) }], 'download');
    expect(files.names).toEqual([...checkpoint().keys()].sort());
    const { store } = inMemory();
    expect((await store.add(files, 'download')).hash).toBe(await (await openModel(files, 'x')).hash());
    expect(sha256(await files.read('model.safetensors', 0, files.size('model.safetensors')))).toBe(
      sha256(checkpoint().get('model.safetensors')!),
    );
  });
});
