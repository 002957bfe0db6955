import { describe, expect, it } from 'vitest';
import { ropeFrequencies } from './rope-frequencies';

const divisors = (...scaling: Parameters<typeof ropeFrequencies>): number[] => {
  const plain = ropeFrequencies(scaling[0], scaling[1]);
  return [...ropeFrequencies(...scaling)].map((frequency, i) => plain[i]! / frequency);
};

describe('the frequencies of RoPE', () => {
  it('are divided as Llama 3.2 has it', () => {
    const found = divisors(64, 500_000, {
      rope_type: 'llama3',
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    });
    // By torch and transformers; a GGUF of that model holds the same in `rope_freqs.weight`.
    expect(found.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 1));
    expect(found.slice(15, 18).map((one) => Number(one.toFixed(4)))).toEqual([1.6513, 3.2923, 9.6667]);
    expect(found.slice(18)).toEqual(Array.from({ length: 14 }, () => 32));
  });

  it('are all divided by a linear factor', () => {
    expect(divisors(8, 10_000, { rope_type: 'linear', factor: 4 })).toEqual([4, 4, 4, 4]);
    expect([...ropeFrequencies(4, 100)]).toEqual([1, 0.1]);
  });
});
