import { describe, expect, it } from 'vitest';
import type { Architecture } from '../config/architecture';
import { sha256 } from '../lib/hash';
import { float32ToBfloat16 } from '../lib/half';
import { widened } from '../tensors/dtype';
import { checkpointTensors } from '../tensors/layout';
import { writeCheckpoint, writeConfig } from './huggingface';
import { filesInMemory, type ModelFiles } from './model-files';
import { openModel } from './open-model';
import { writeSafetensors, type TensorToWrite } from './safetensors';
import { tinyQwen3 as arch } from './tiny-qwen3.test-data';

const weightsOf = (a: Architecture): Map<string, Float32Array> =>
  new Map(
    checkpointTensors(a).map(({ name, length }, t) => [name, Float32Array.from({ length }, (_, i) => t + i / 256)]),
  );
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const folder = (extra: Record<string, Uint8Array> = {}, dtype: 'F32' | 'F16' | 'BF16' = 'F32') =>
  new Map([...writeCheckpoint(arch, weightsOf(arch), { dtype }), ...Object.entries(extra)]);
const open = (files: ReadonlyMap<string, Uint8Array>) => openModel(filesInMemory(files), 'it');
const toWrite = (names: (name: string) => string | null): Map<string, TensorToWrite> =>
  new Map(
    checkpointTensors(arch).flatMap(({ name, shape }): [string, TensorToWrite][] => {
      const other = names(name);
      return other === null ? [] : [[other, { shape, data: weightsOf(arch).get(name)! }]];
    }),
  );

/** Two shards and their index. */
function shards(): Map<string, Uint8Array> {
  const files = new Map([['config.json', bytes(writeConfig(arch))]]);
  const weight_map: Record<string, string> = {};
  ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'].forEach((file, shard) => {
    const part = toWrite((name) => (name.includes('.layers.1.') === (shard === 1) ? name : null));
    for (const name of part.keys()) weight_map[name] = file;
    files.set(file, writeSafetensors(part));
  });
  return files.set('model.safetensors.index.json', bytes({ weight_map }));
}

describe('a folder in Hugging Face layout', () => {
  it.each(['F32', 'F16', 'BF16'] as const)('gives rows as the file holds them: %s', async (dtype) => {
    const model = await open(folder({}, dtype));
    expect(model).toMatchObject({ kind: 'huggingface', arch, hasHead: true, eosTokenIds: [], chatTemplate: null });
    const expected = weightsOf(arch).get('model.layers.1.mlp.down_proj.weight')!.subarray(24, 48);
    const read = await model.weights.read('model.layers.1.mlp.down_proj.weight', 2, 2);
    expect(model.weights.dtypeOf('model.layers.1.mlp.down_proj.weight')).toBe(dtype.toLowerCase());
    expect(model.tensorDtype('1.down')).toBe(dtype.toLowerCase());
    expect(model.tensorDtype('1.norm1')).toBe('f32');
    if (dtype === 'F32') expect(read).toEqual(expected);
    if (dtype === 'BF16') expect(read).toEqual({ dtype: 'bf16', bits: float32ToBfloat16(expected) });
    widened(read).forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(expected[i]! / 128));
  });

  it('is read in ranges: opening takes the header alone', async () => {
    const inner = filesInMemory(folder());
    let read = 0;
    const counted: ModelFiles = {
      ...inner,
      read: (name, from, to) => {
        if (name === 'model.safetensors') read += to - from;
        return inner.read(name, from, to);
      },
    };
    const { weights } = await openModel(counted, 'it');
    const header = read;
    expect(header).toBeLessThan(inner.size('model.safetensors') / 2);
    await weights.read('lm_head.weight', 3, 1);
    expect(read - header).toBe(8 * 4);
  });

  it('may be larger than 4 GiB: what lies behind is found where it is', async () => {
    const wide = { ...arch, vocab_size: 80_000_000 };
    const header: Record<string, unknown> = {};
    let end = 0;
    for (const { name, shape, length } of checkpointTensors(wide)) {
      header[name] = { dtype: 'F32', shape, data_offsets: [end, end + 4 * length] };
      end += 4 * length;
    }
    expect(end).toBeGreaterThan(4 * 2 ** 30);
    const json = bytes(header);
    const start = 8 + json.length;
    const prefix = new Uint8Array(start);
    new DataView(prefix.buffer).setBigUint64(0, BigInt(json.length), true);
    prefix.set(json, 8);
    const asked: [number, number][] = [];
    const small = filesInMemory(new Map([['config.json', bytes(writeConfig(wide))]]));
    const files: ModelFiles = {
      names: ['config.json', 'model.safetensors'],
      size: (name) => (name === 'config.json' ? small.size(name) : start + end),
      read: (name, from, to) => {
        if (name === 'config.json') return small.read(name, from, to);
        asked.push([from, to]);
        return Promise.resolve(from < start ? prefix.slice(from, to) : new Uint8Array(to - from));
      },
    };
    const { weights } = await openModel(files, 'it');
    const { data_offsets } = header['lm_head.weight'] as { data_offsets: [number, number] };
    await weights.read('lm_head.weight', wide.vocab_size - 1, 1);
    expect(asked.at(-1)).toEqual([start + data_offsets[1] - 4 * arch.hidden_size, start + data_offsets[1]]);
    // Nothing but the header and that row was read.
    expect(asked.reduce((sum, [from, to]) => sum + to - from, 0)).toBeLessThan(3 * start);
  });

  it('lies in shards too', async () => {
    const model = await open(shards());
    for (const [name, values] of weightsOf(arch)) {
      const rows = checkpointTensors(arch).find((part) => part.name === name)!.shape[0]!;
      expect(await model.weights.read(name, 0, rows)).toEqual(values);
    }
  });

  it('may leave out the prefix of its names, and the head: then it embeds alone', async () => {
    const bare = toWrite((name) => (name === 'lm_head.weight' ? null : name.replace(/^model\./, '')));
    const model = await open(folder({ 'model.safetensors': writeSafetensors(bare) }));
    expect(model).toMatchObject({ hasHead: false, arch: { ...arch, tie_word_embeddings: true } });
    expect(await model.weights.read('model.norm.weight', 0, 8)).toEqual(weightsOf(arch).get('model.norm.weight'));
  });

  it('has its chat template in a file of its own before the configuration, and its licence on its card', async () => {
    const tokenizer = {
      'tokenizer.json': bytes({}),
      'tokenizer_config.json': bytes({ chat_template: [{ name: 'tool_use', template: 'b' }, { name: 'default', template: 'a' }] }), // prettier-ignore
    };
    expect((await open(folder(tokenizer))).chatTemplate).toBe('a');
    const more = {
      ...tokenizer,
      'chat_template.jinja': bytes('newer'),
      'README.md': bytes('---\nlicense: mit\n---\n#'),
    };
    expect(await open(folder(more))).toMatchObject({ chatTemplate: 'newer', licence: 'mit' });
    const generation = { 'generation_config.json': bytes({ eos_token_id: [2, 4], temperature: 0.6 }) };
    expect(await open(folder(generation))).toMatchObject({ eosTokenIds: [2, 4], generation: { temperature: 0.6 } });
  });

  it('has one hash, of what makes the model and of nothing else', async () => {
    const files = folder({ 'tokenizer.json': bytes({}) });
    const hash = await (await open(files)).hash();
    const named = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
    const hashes = named.flatMap((name) => (files.has(name) ? [sha256(files.get(name)!)] : []));
    expect(hash).toBe(sha256(hashes.sort().join('\n')));
    expect(await (await open(new Map([...files, ['README.md', bytes('x')]]))).hash()).toBe(hash);
    expect(await (await open(new Map([...files, ['chat_template.jinja', bytes('x')]]))).hash()).not.toBe(hash);
  });

  const without = (name: string, from = folder()): Map<string, Uint8Array> => {
    from.delete(name);
    return from;
  };
  const lfs = bytes('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2336927755\n');
  const cutShort = folder().get('model.safetensors')!;
  it.each([
    [
      'nothing',
      new Map<string, Uint8Array>(),
      'it: empty, expected a checkpoint in Hugging Face layout or a .gguf file',
    ],
    ['no configuration', without('config.json'), 'it: no config.json, expected a checkpoint in Hugging Face layout'],
    ['an adapter alone', new Map([['adapter_config.json', bytes({ peft_type: 'LORA', base_model_name_or_path: 'org/base' })]]), 'it: an adapter (LORA) of org/base and no model, expected the model it belongs to'], // prettier-ignore
    ['no weights', without('model.safetensors'), 'it: no weights, expected model.safetensors or model.safetensors.index.json'], // prettier-ignore
    ['a missing shard', without('model-00002-of-00002.safetensors', shards()), 'it: no model-00002-of-00002.safetensors, expected every file that model.safetensors.index.json names'], // prettier-ignore
    ['a shard of another model', shards().set('model-00002-of-00002.safetensors', writeSafetensors(new Map([['lm_head.weight', { shape: [7, 8], data: new Float32Array(56) }]]))), 'it/model-00002-of-00002.safetensors: holds tensor lm_head.weight, expected model-00001-of-00002.safetensors by model.safetensors.index.json'], // prettier-ignore
    ['weights that were cut', folder({ 'model.safetensors': cutShort.subarray(0, cutShort.length - 1) }), /^it\/model\.safetensors: tensor .* ends at byte \d+, expected at most \d+$/], // prettier-ignore
    ['a pointer of Git LFS', folder({ 'model.safetensors': lfs }), 'it/model.safetensors: a Git LFS pointer and not the file it stands for'], // prettier-ignore
    ['a configuration that is a pointer', folder({ 'config.json': lfs }), 'it/config.json: a Git LFS pointer and not the file it stands for'], // prettier-ignore
    ['Infinity in a configuration', folder({ 'config.json': bytes('{"rope_theta": Infinity}') }), 'it/config.json: holds Infinity, which JSON lacks, expected finite numbers'], // prettier-ignore
    ['8 bits with scales', folder({ 'config.json': bytes({ ...arch, quantization_config: { quant_method: 'fp8' } }) }), 'it/config.json: quantization_config is present ("fp8"), expected weights in F32, F16 or BF16'], // prettier-ignore
    ['the form of MLX', folder({ 'config.json': bytes({ ...arch, quantization: { bits: 4 } }) }), 'it/config.json: quantization is present ("mlx"), expected weights in F32, F16 or BF16'], // prettier-ignore
    ['another architecture', folder({ 'config.json': bytes({ ...arch, model_type: 'gemma3' }) }), 'it/config.json: model_type is "gemma3", expected one of llama, qwen2, qwen3'], // prettier-ignore
  ])('refuses %s in one sentence', async (_what, files, message) => {
    await expect(open(files)).rejects.toThrow(message);
  });
});
