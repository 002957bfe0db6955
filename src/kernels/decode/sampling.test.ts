import { describe, expect, it } from 'vitest';
import { normals } from '../reference/test-data';
import { greedy, keptTokens, sample } from './sampling.reference';

const all = { temperature: 1, top_k: 0, top_p: 1 };
const logs = (p: readonly number[]): number[] => p.map((x) => Math.log(x) + 2);

describe('sampling reference', () => {
  const logits = logs([0.1, 0.4, 0.2, 0.3]);

  it('is greedy at temperature 0, lowest id first', () => {
    expect(greedy([1, 3, 3, 2])).toBe(1);
    expect(sample([1, 3, 3, 2], { ...all, temperature: 0 }, 0.99).token).toBe(1);
    expect(sample(logits, { ...all, temperature: 0 }, 0.99).logprob).toBeCloseTo(Math.log(0.4), 14);
  });

  it('inverts the cumulative distribution in id order', () => {
    const token = (u: number): number => sample(logits, all, u).token;
    expect([0, 0.09, 0.11, 0.49, 0.51, 0.69, 0.71, 1 - 2 ** -24].map(token)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    const [low, high] = sample(logits, all, 0.3).interval;
    expect(low).toBeCloseTo(0.1, 14);
    expect(high).toBeCloseTo(0.5, 14);
  });

  it('records the log-probability under the whole distribution at its temperature', () => {
    const s = { temperature: 0.5, top_k: 2, top_p: 1 };
    // At temperature 0.5 probabilities are squared: 0.01, 0.16, 0.04, 0.09 of 0.3.
    const drawn = sample(logits, s, 0.9);
    expect(drawn.token).toBe(3);
    expect(drawn.logprob).toBeCloseTo(Math.log(0.09 / 0.3), 14);
    expect(drawn.interval[0]).toBeCloseTo(0.16 / 0.25, 14);
  });

  it('keeps ties at the k-th place together', () => {
    expect([...keptTokens([5, 4, 4, 4, 1], { ...all, top_k: 2 })]).toEqual([1, 1, 1, 1, 0]);
    expect([...keptTokens([5, 4, 3, 2, 1], { ...all, top_k: 2 })]).toEqual([1, 1, 0, 0, 0]);
    expect([...keptTokens([5, 5, 3], { ...all, top_k: 1 })]).toEqual([1, 1, 0]);
    expect([...keptTokens([5, 4], { ...all, top_k: 9 })]).toEqual([1, 1]);
  });

  it('keeps the fewest tokens that hold p of the mass, ties together', () => {
    const kept = (p: readonly number[], top_p: number): number[] => [...keptTokens(logs(p), { ...all, top_p })];
    expect(kept([0.1, 0.4, 0.2, 0.3], 0.39)).toEqual([0, 1, 0, 0]);
    expect(kept([0.1, 0.4, 0.2, 0.3], 0.41)).toEqual([0, 1, 0, 1]);
    expect(kept([0.1, 0.4, 0.2, 0.3], 0.95)).toEqual([1, 1, 1, 1]);
    expect(kept([0.2, 0.4, 0.2, 0.2], 0.45)).toEqual([1, 1, 1, 1]);
    expect(kept([0.1, 0.4, 0.2, 0.3], 0)).toEqual([0, 1, 0, 0]);
  });

  it('measures p in what top-k left, at the temperature', () => {
    // Top-2 leaves 0.4 and 0.3: 0.571 of the mass is on the first.
    expect([...keptTokens(logits, { temperature: 1, top_k: 2, top_p: 0.55 })]).toEqual([0, 1, 0, 0]);
    expect([...keptTokens(logits, { temperature: 1, top_k: 2, top_p: 0.6 })]).toEqual([0, 1, 0, 1]);
    // Squared, 0.64 of it is.
    expect([...keptTokens(logits, { temperature: 0.5, top_k: 2, top_p: 0.6 })]).toEqual([0, 1, 0, 0]);
  });

  it('never draws a token without mass', () => {
    const masked = [-Infinity, 0, -Infinity];
    for (const u of [0, 0.5, 1 - 2 ** -24]) expect(sample(masked, all, u).token).toBe(1);
  });

  it('draws what the distribution says', () => {
    const x = normals(17, 1, 1.5);
    const s = { temperature: 0.8, top_k: 9, top_p: 0.9 };
    const n = 5000;
    const counts = new Float64Array(17);
    for (let i = 0; i < n; i++) counts[sample(x, s, (i + 0.5) / n).token]! += 1 / n;
    const kept = keptTokens(x, s);
    const mass = x.map((value, v) => (kept[v] ? Math.exp(value / 0.8) : 0));
    const total = mass.reduce((a, b) => a + b, 0);
    counts.forEach((share, v) => expect(Math.abs(share - mass[v]! / total)).toBeLessThan(1.01 / n));
  });
});
