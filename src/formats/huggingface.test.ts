import { describe, expect, it } from 'vitest';
import type { Architecture } from '../config/architecture';
import { InputError } from '../lib/errors';
import type { FolderReader } from './folder';
import { parseConfig, readCheckpoint, readStoredCheckpoint, writeCheckpoint, writeConfig } from './huggingface';
import { widened } from '../tensors/dtype';
import { checkpointTensors } from '../tensors/layout';
import { writeSafetensors } from './safetensors';
import { hasShared, sharedBytes, sharedJson } from './shared.test-data';
import { tinyQwen3 as tiny } from './tiny-qwen3.test-data';

const LLAMA3 = {
  rope_type: 'llama3' as const,
  factor: 32,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
};
const llama = { ...tiny, model_type: 'llama' as const, head_dim: 4, tie_word_embeddings: true };

const weightsOf = (a: Architecture): Map<string, Float32Array> =>
  new Map(
    checkpointTensors(a).map(({ name, shape }, i) => [
      name,
      new Float32Array(shape.reduce((x, y) => x * y, 1)).fill(i),
    ]),
  );
const reader =
  (files: ReadonlyMap<string, Uint8Array>): FolderReader =>
  (name) =>
    Promise.resolve(files.get(name) ?? null);
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const stored = (
  data: ReadonlyMap<string, Float32Array>,
  a: Architecture,
): Map<string, { shape: readonly number[]; data: Float32Array }> => {
  const shapes = new Map(checkpointTensors(a).map(({ name, shape }) => [name, shape]));
  return new Map(
    [...data].map(([name, values]) => [name, { shape: shapes.get(name) ?? [values.length], data: values }]),
  );
};

describe('parseConfig', () => {
  const minimal = {
    vocab_size: 10,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 4,
  };

  it('reads what writeConfig writes', () => {
    for (const a of [tiny, llama]) expect(parseConfig(JSON.parse(writeConfig(a, { eos_token_id: 2 })), 'x')).toEqual(a);
  });

  it("takes Hugging Face's defaults where the file is silent or null", () => {
    expect(parseConfig({ ...minimal, model_type: 'llama', head_dim: null, rope_scaling: null }, 'x')).toMatchObject({
      head_dim: 8,
      num_key_value_heads: 4,
      rope_theta: 10000,
      rms_norm_eps: 1e-6,
      tie_word_embeddings: false,
      attention_bias: false,
    });
    expect(parseConfig({ ...minimal, model_type: 'qwen2' }, 'x')).toMatchObject({ head_dim: 8, attention_bias: true });
    expect(parseConfig({ ...minimal, model_type: 'qwen3' }, 'x')).toMatchObject({
      head_dim: 128,
      attention_bias: false,
    });
  });

  it('finds how RoPE was stretched in all its places', () => {
    const read = (extra: object): unknown =>
      parseConfig({ ...minimal, model_type: 'llama', ...extra }, 'x').rope_scaling;
    expect(read({ rope_scaling: LLAMA3 })).toEqual(LLAMA3);
    expect(read({ rope_parameters: { ...LLAMA3, rope_theta: 5e5 } })).toEqual(LLAMA3);
    expect(read({ rope_scaling: { type: 'linear', factor: 2 } })).toEqual({ rope_type: 'linear', factor: 2 });
    expect(read({})).toBeUndefined();
    const stretched = { ...llama, rope_scaling: LLAMA3 };
    expect(parseConfig(JSON.parse(writeConfig(stretched)), 'x')).toEqual(stretched);
  });

  it('finds rope_theta in all its places', () => {
    const read = (extra: object): number => parseConfig({ ...minimal, model_type: 'llama', ...extra }, 'x').rope_theta;
    expect(read({ rope_theta: 5 })).toBe(5);
    expect(read({ rope_parameters: { rope_type: 'default', rope_theta: 6 } })).toBe(6);
    expect(read({ rope_theta: 5, rope_scaling: { type: 'default' } })).toBe(5);
    for (const model_type of ['llama', 'qwen2', 'qwen3']) {
      expect(read({ model_type })).toBe(10_000);
      expect(read({ model_type, rope_parameters: { rope_type: 'default', rope_theta: 7 } })).toBe(7);
    }
  });

  it.each([
    [{ model_type: 'gpt2' }, /model_type is "gpt2", expected one of llama, qwen2, qwen3/],
    [{ model_type: undefined }, /model_type is missing/],
    [{ hidden_size: '32' }, /hidden_size is "32", expected a number/],
    [{ vocab_size: undefined }, /vocab_size is missing, expected a number/],
    [{ num_hidden_layers: 1.5 }, /num_hidden_layers is 1.5/],
    [{ hidden_size: 30 }, /multiple of num_attention_heads/],
    [{ hidden_act: 'gelu' }, /hidden_act is "gelu", expected "silu"/],
    [
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      /rope_scaling has type "yarn", expected default, linear or llama3/,
    ],
    [{ rope_parameters: { rope_type: 'llama3', rope_theta: 5e5 } }, /rope_parameters: factor is missing/],
    [{ rope_scaling: { type: 'linear', factor: 0 } }, /rope_scaling's factor is 0/],
    [
      { rope_scaling: { ...LLAMA3, low_freq_factor: 4 } },
      /low_freq_factor is 4, expected less than high_freq_factor \(4\)/,
    ],
    [{ rope_scaling: 'linear' }, /rope_scaling is "linear"/],
    [{ tie_word_embeddings: 1 }, /expected true or false/],
    [{ mlp_bias: true }, /mlp_bias/],
    [{ use_sliding_window: true }, /use_sliding_window/],
    [{ quantization_config: { bits: 4 } }, /quantization_config/],
  ])('refuses %j', (extra, message) => {
    const config = { ...minimal, model_type: 'llama', ...extra };
    expect(() => parseConfig(config, 'config.json')).toThrow(InputError);
    expect(() => parseConfig(config, 'config.json')).toThrow(message);
  });

  it.each([[null], [[]], ['x']])('refuses %j', (json) => {
    expect(() => parseConfig(json, 'config.json')).toThrow(InputError);
  });
});

describe('a checkpoint', () => {
  it('is read as it was written', async () => {
    for (const a of [tiny, llama]) {
      const weights = weightsOf(a);
      const read = await readCheckpoint(reader(writeCheckpoint(a, weights, { ids: { eos_token_id: 3 } })), 'x');
      expect(read).toEqual({ arch: a, tensors: weights, hasHead: true, tokenizer: null, eosTokenIds: [3] });
    }
  });

  it('embeds without a head where it is not tied', async () => {
    const weights = weightsOf(tiny);
    const files = writeCheckpoint(tiny, weights);
    weights.delete('lm_head.weight');
    files.set('model.safetensors', writeSafetensors(stored(weights, tiny)));
    const read = await readCheckpoint(reader(files), 'x');
    expect(read).toMatchObject({ hasHead: false, arch: { ...tiny, tie_word_embeddings: true } });
    expect(read.tensors).toEqual(weights);
  });

  it('is written in half precision, and says so', async () => {
    const files = writeCheckpoint(llama, weightsOf(llama), { dtype: 'BF16' });
    expect(new TextDecoder().decode(files.get('config.json'))).toContain('"torch_dtype": "bfloat16"');
    expect((await readCheckpoint(reader(files), 'x')).tensors).toEqual(weightsOf(llama));
  });

  it('is read as it is stored where asked, and its halves are refused where they are not numbers', async () => {
    for (const [dtype, kind, infinity] of [
      ['F16', 'f16', 0x7c00],
      ['BF16', 'bf16', 0xff80],
    ] as const) {
      const files = writeCheckpoint(llama, weightsOf(llama), { dtype });
      const { tensors } = await readStoredCheckpoint(reader(files), 'x');
      expect(new Map([...tensors].map(([name, values]) => [name, widened(values)]))).toEqual(weightsOf(llama));
      for (const values of tensors.values()) expect(values).toMatchObject({ dtype: kind });
      const bytes = files.get('model.safetensors')!.slice();
      new DataView(bytes.buffer).setUint16(bytes.length - 2, infinity, true);
      const broken = new Map([...files, ['model.safetensors', bytes]]);
      await expect(readStoredCheckpoint(reader(broken), 'x')).rejects.toThrow(/holds -?Infinity at element/);
    }
    const whole = await readStoredCheckpoint(reader(writeCheckpoint(llama, weightsOf(llama))), 'x');
    expect(whole.tensors).toEqual(weightsOf(llama));
  });

  it('is read from shards', async () => {
    const weights = weightsOf(tiny);
    const names = [...weights.keys()];
    const shard = (from: number, to: number): Uint8Array =>
      writeSafetensors(stored(new Map([...weights].slice(from, to)), tiny));
    const index = {
      weight_map: Object.fromEntries(names.map((name, i) => [name, i < 5 ? 'a.safetensors' : 'b.safetensors'])),
    };
    const files = new Map([
      ['config.json', bytes(JSON.parse(writeConfig(tiny)))],
      ['model.safetensors.index.json', bytes(index)],
      ['a.safetensors', shard(0, 5)],
      ['b.safetensors', shard(5, names.length)],
    ]);
    expect((await readCheckpoint(reader(files), 'x')).tensors).toEqual(new Map(names.map((n) => [n, weights.get(n)!])));
    await expect(
      readCheckpoint(reader(new Map([...files].filter(([n]) => n !== 'b.safetensors'))), 'x'),
    ).rejects.toThrow('x: no b.safetensors');
    await expect(
      readCheckpoint(reader(new Map(files).set('b.safetensors', shard(6, names.length))), 'x'),
    ).rejects.toThrow(/is missing, expected by model.safetensors.index.json/);
    await expect(
      readCheckpoint(reader(new Map(files).set('b.safetensors', shard(0, names.length))), 'x'),
    ).rejects.toThrow(/expected a.safetensors/);
    const escaping = { weight_map: { w: '../../secret.safetensors' } };
    await expect(
      readCheckpoint(reader(new Map(files).set('model.safetensors.index.json', bytes(escaping))), 'x'),
    ).rejects.toThrow(/of the same folder/);
  });

  const change = (edit: (weights: Map<string, Float32Array>) => void, a: Architecture = llama): Promise<unknown> => {
    const weights = weightsOf(a);
    edit(weights);
    const files = new Map([
      ['config.json', bytes(JSON.parse(writeConfig(a)))],
      ['model.safetensors', writeSafetensors(stored(weights, a))],
    ]);
    return readCheckpoint(reader(files), 'x');
  };

  it('may hold a rotary table and a tied head, and may leave out the prefix', async () => {
    await change((w) =>
      w
        .set('model.layers.0.self_attn.rotary_emb.inv_freq', Float32Array.of(1))
        .set('lm_head.weight', Float32Array.of(1)),
    );
    const files = new Map([
      ['config.json', bytes(JSON.parse(writeConfig(llama)))],
      [
        'model.safetensors',
        writeSafetensors(new Map([...stored(weightsOf(llama), llama)].map(([n, t]) => [n.replace('model.', ''), t]))),
      ],
    ]);
    expect((await readCheckpoint(reader(files), 'x')).tensors).toEqual(weightsOf(llama));
  });

  it('is refused where its tensors are not those of its configuration', async () => {
    await expect(change((w) => w.delete('model.norm.weight'))).rejects.toThrow(
      'x: tensor model.norm.weight is missing',
    );
    await expect(change((w) => w.set('model.extra.weight', Float32Array.of(1)))).rejects.toThrow(
      /model.extra.weight is not/,
    );
    await expect(change((w) => w.set('model.norm.weight', new Float32Array(8).fill(NaN)))).rejects.toThrow(/NaN/);
    await expect(
      readCheckpoint(
        reader(
          new Map(writeCheckpoint(llama, weightsOf(llama))).set('config.json', bytes({ ...llama, vocab_size: 8 })),
        ),
        'x',
      ),
    ).rejects.toThrow('x: tensor model.embed_tokens.weight has shape [7, 8], expected [8, 8]');
    await expect(
      readCheckpoint(
        reader(
          new Map(writeCheckpoint(llama, weightsOf(llama))).set(
            'config.json',
            bytes({ ...llama, num_hidden_layers: 1e12 }),
          ),
        ),
        'x',
      ),
    ).rejects.toThrow(/expected those of 1000000000000 layers/);
    await expect(readCheckpoint(reader(new Map()), 'x')).rejects.toThrow('x: no config.json');
    await expect(readCheckpoint(reader(new Map([['config.json', bytes(llama)]])), 'x')).rejects.toThrow(
      'x: no weights',
    );
  });
});

describe.skipIf(!hasShared('fixtures'))('shared checkpoints', () => {
  it.each([
    'fixtures/lm-llama',
    'fixtures/lm-qwen2',
    'fixtures/stage1-llama',
    'fixtures/grpo-llama',
    'models/stories260K',
  ])('%s', async (folder) => {
    const read: FolderReader = (name) =>
      Promise.resolve(hasShared(`${folder}/${name}`) ? sharedBytes(`${folder}/${name}`) : null);
    const { arch, tensors, tokenizer } = await readCheckpoint(read, folder);
    expect(arch).toMatchObject({ model_type: folder.includes('qwen2') ? 'qwen2' : 'llama' });
    expect(tensors.size).toBe(checkpointTensors(arch).length);
    expect(tokenizer !== null).toBe(folder.startsWith('models'));
    expect(parseConfig(sharedJson(`${folder}/config.json`), folder)).toEqual(arch);
  });
});
