import { describe, expect, it } from 'vitest';
import type { Architecture } from '../config/architecture';
import { readPeft, type PeftAdapter } from './peft';
import { writeSafetensors } from './safetensors';

const arch: Architecture = {
  model_type: 'llama',
  vocab_size: 8,
  hidden_size: 4,
  intermediate_size: 6,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 2,
  max_position_embeddings: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
};
const Q = 'model.layers.0.self_attn.q_proj.weight';
const PLAIN = { peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: ['q_proj'] };

type Shapes = Record<string, number[]>;
const keys = (prefix: string, middle: string): Shapes => ({
  [`${prefix}layers.0.self_attn.q_proj.lora_A${middle}.weight`]: [4, 4],
  [`${prefix}layers.0.self_attn.q_proj.lora_B${middle}.weight`]: [4, 4],
});
const USUAL = keys('base_model.model.model.', '');

function read(config: object, shapes: Shapes = USUAL, value = 0.5): Promise<PeftAdapter> {
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      return [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) }] as const;
    }),
  );
  const files = new Map([
    ['adapter_config.json', new TextEncoder().encode(JSON.stringify(config))],
    ['adapter_model.safetensors', writeSafetensors(tensors)],
  ]);
  return readPeft((name) => Promise.resolve(files.get(name) ?? null), arch, 'a');
}

describe('an adapter in PEFT layout', () => {
  it.each([
    ['as peft saves it', 'base_model.model.model.', ''],
    ['with the name of the adapter', 'base_model.model.model.', '.default'],
    ['made on the bare backbone', 'base_model.model.', ''],
    ['without a prefix', 'model.', ''],
  ])('is read %s', async (_how, prefix, middle) => {
    const { pairs } = await read(PLAIN, keys(prefix, middle));
    expect([...pairs.keys()]).toEqual([Q]);
    expect(pairs.get(Q)).toMatchObject({ rank: 4, scale: 2 });
  });

  it('is scaled by the root of the rank where it says rslora, and by patterns of whole names', async () => {
    const scale = async (more: object): Promise<number | undefined> =>
      (await read({ ...PLAIN, ...more })).pairs.get(Q)?.scale;
    expect(await scale({ use_rslora: true })).toBe(4);
    expect(await scale({ alpha_pattern: { q_proj: 16 } })).toBe(4);
    expect(await scale({ alpha_pattern: { 'layers\\.0\\..*q_proj': 12 } })).toBe(3);
    expect(await scale({ alpha_pattern: { q_pro: 16, 'layers.1.self_attn.q_proj': 16 } })).toBe(2);
    expect(await scale({ r: 3, rank_pattern: { q_proj: 4 } })).toBe(2);
  });

  it('brings rows of the embedding', async () => {
    const config = { ...PLAIN, trainable_token_indices: { embed_tokens: [5] } };
    const key = 'base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta';
    const { rows } = await read(config, { ...USUAL, [key]: [1, 4] });
    expect([...rows]).toEqual([[5, Float32Array.of(0.5, 0.5, 0.5, 0.5)]]);
    await expect(read(config, { ...USUAL, [key]: [2, 4] })).rejects.toThrow('shape [2, 4], expected [1, 4]');
  });

  it.each([
    [{ use_dora: true }, 'DoRA'],
    [{ bias: 'all' }, 'bias is "all", expected "none"'],
    [{ modules_to_save: ['lm_head'] }, 'modules_to_save'],
    [{ peft_type: 'IA3' }, 'peft_type is "IA3", expected "LORA"'],
    [{ init_lora_weights: 'pissa' }, 'init_lora_weights is "pissa"'],
    [{ alpha_pattern: { '(?P<x>q)_proj': 3 } }, 'expected names or plain regular expressions'],
    [{ r: 5 }, 'has rank 5, expected a whole number of at most 4'],
    [{ r: 2 }, 'lora_A has shape [4, 4], expected [2, 4] for this base'],
    [{ target_modules: ['q_proj', 'v_proj'] }, 'target_modules has "v_proj"'],
  ])('is refused by name with %j', async (more, message) => {
    await expect(read({ ...PLAIN, ...more })).rejects.toThrow(message);
  });

  it('is refused for a key that matches nothing, half a pair, or NaN', async () => {
    await expect(
      read(PLAIN, { ...USUAL, 'base_model.model.model.layers.7.self_attn.q_proj.lora_A.weight': [4, 4] }),
    ).rejects.toThrow(/layers\.7.* matches nothing of this llama/);
    await expect(read(PLAIN, { ...USUAL, 'base_model.model.lm_head.weight': [8, 4] })).rejects.toThrow(
      'matches nothing',
    );
    await expect(read(PLAIN, { [Object.keys(USUAL)[0]!]: [4, 4] })).rejects.toThrow('has lora_A alone, expected both');
    await expect(read(PLAIN, USUAL, NaN)).rejects.toThrow('expected finite numbers');
    await expect(read(PLAIN, {})).rejects.toThrow('no tensors');
  });
});
