import { describe, expect, it } from 'vitest';
import { filesInMemory } from '../model-files';
import { ggufRopeScaling } from './rope';

const shape = { model_type: 'llama', head_dim: 64, rope_theta: 500_000 } as const;

/** The factors as llama.cpp's converter writes them (`generate_extra_tensors` of `LlamaModel`). */
const llama3 = (factor: number, context = 8192): Float32Array =>
  Float32Array.from({ length: 32 }, (_, i) => {
    const wavelength = 2 * Math.PI * 500_000 ** ((2 * i) / 64);
    if (wavelength < context / 4) return 1;
    if (wavelength > context) return factor;
    const smooth = (context / wavelength - 1) / (4 - 1);
    return 1 / ((1 - smooth) / factor + smooth);
  });

const read = (divisors: Float32Array | null, metadata: [string, unknown][] = [], type = 'F32') => {
  const files = filesInMemory(new Map([['a', new Uint8Array(divisors?.slice().buffer ?? new ArrayBuffer(0))]]));
  const tensor = divisors && { name: 'rope_freqs.weight', type, shape: [divisors.length], file: 'a', from: 0 };
  return ggufRopeScaling(new Map(metadata), tensor ?? undefined, shape, files, 'it');
};

describe('the divisors of rotary frequencies', () => {
  it('are llama3’s scaling by its factor', async () => {
    const divisors = llama3(32);
    expect([...divisors.subarray(13, 19)].map((x) => Number(x.toFixed(4)))).toEqual([1, 1, 1.6513, 3.2923, 9.6667, 32]);
    expect(await read(divisors)).toEqual({
      rope_type: 'llama3',
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    });
    expect(await read(llama3(8))).toMatchObject({ rope_type: 'llama3', factor: 8 });
  });

  it('may all be 1, or one factor, which the metadata may say too', async () => {
    expect(await read(null)).toBeUndefined();
    expect(await read(new Float32Array(32).fill(1))).toBeUndefined();
    expect(await read(new Float32Array(32).fill(4))).toEqual({ rope_type: 'linear', factor: 4 });
    const linear: [string, unknown][] = [
      ['llama.rope.scaling.type', 'linear'],
      ['llama.rope.scaling.factor', 2],
    ];
    expect(await read(null, linear)).toEqual({ rope_type: 'linear', factor: 2 });
  });

  it.each([
    ['another kind', () => read(null, [['llama.rope.scaling.type', 'yarn']]), 'it: llama.rope.scaling.type is "yarn", expected none or linear'], // prettier-ignore
    ['linear without a factor', () => read(null, [['llama.rope.scaling.type', 'linear']]), 'it: llama.rope.scaling.factor is missing, expected a number'], // prettier-ignore
    ['other divisors', () => read(llama3(32, 4096)), 'it: rope_freqs.weight divides rotary frequencies by up to 32, expected as linear or llama3 scaling of 8,192 positions does'], // prettier-ignore
    ['one too few', () => read(new Float32Array(31).fill(2)), 'it: rope_freqs.weight is F32 with 31 elements, expected F32 with 32, one a pair'], // prettier-ignore
    ['another type', () => read(new Float32Array(32).fill(2), [], 'F16'), 'it: rope_freqs.weight is F16 with 32 elements, expected F32 with 32'], // prettier-ignore
  ])('are refused where they are %s', async (_what, scaling, message) => {
    await expect(scaling()).rejects.toThrow(message);
  });
});
