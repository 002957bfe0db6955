import { describe, expect, it } from 'vitest';
import { float32ToFloat16 } from '../lib/half';
import { bytesOf, PACKED_DTYPES } from '../kernels/weights/weights';
import { encoded, lengthOf, widened } from './dtype';
import { tensorLayout } from './layout';

/** A block of 32: the half d, in q4_1 the half m, then the given bytes and zeros. */
function block(dtype: (typeof PACKED_DTYPES)[number], halves: number[], quants: number[]) {
  const bytes = new Uint8Array(bytesOf(dtype, 32));
  bytes.set(new Uint8Array(float32ToFloat16(Float32Array.from(halves)).buffer));
  bytes.set(quants, halves.length * 2);
  return { dtype, bytes };
}

describe('GGUF’s blocks', () => {
  it('are read as ggml reads them', () => {
    const q4_0 = widened(block('q4_0', [0.5], [0x2f]));
    expect([q4_0[0], q4_0[16], q4_0[1]]).toEqual([3.5, -3, -4]);
    const q4_1 = widened(block('q4_1', [0.5, -1], [0x2f]));
    expect([q4_1[0], q4_1[16], q4_1[1]]).toEqual([6.5, 0, -1]);
    const q8_0 = widened(block('q8_0', [0.25], [127, 128, 255]));
    expect([...q8_0.subarray(0, 4)]).toEqual([31.75, -32, -0.25, 0]);
  });

  it('keep scales below the smallest normal half', () => {
    expect(widened(block('q8_0', [2 ** -24], [3]))[0]).toBe(3 * 2 ** -24);
  });

  it.each(PACKED_DTYPES)('of %s pass as they are, and nothing else becomes one', (dtype) => {
    const values = { dtype, bytes: new Uint8Array(3 * bytesOf(dtype, 32)) };
    expect(lengthOf(values)).toBe(96);
    expect(encoded(values, dtype)).toBe(values.bytes);
    expect(() => encoded(new Float32Array(32), dtype)).toThrow(`elements are f32, expected ${dtype}`);
  });

  it('lie in tensors whose rows they fill, named one by one', () => {
    const arch = {
      model_type: 'llama' as const,
      vocab_size: 40,
      hidden_size: 32,
      intermediate_size: 48,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      head_dim: 16,
      max_position_embeddings: 16,
      rms_norm_eps: 1e-5,
      rope_theta: 100,
      tie_word_embeddings: true,
      attention_bias: false,
    };
    const trained = () => false;
    const dtype = (name: string) => (name === '0.down' ? 'f16' : 'q4_1');
    const of = Object.fromEntries(tensorLayout(arch, { trained, dtype }).map((t) => [t.name, t.dtype]));
    expect(of).toMatchObject({ embed: 'q4_1', '0.qkv': 'q4_1', '0.down': 'f16', norm: 'f32' });
    expect(() => tensorLayout(arch, { trained, dtype: 'q8_0' })).toThrow(
      '0.down is q8_0 and has 48 columns, expected a multiple of 32, because a row is made of whole blocks',
    );
  });
});
