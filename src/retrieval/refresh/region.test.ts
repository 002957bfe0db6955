import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRegion, relevance } from './region';
import { Staleness } from './staleness';

const chain = (document: number): number[] => (document < 99 ? [document + 1] : []);

describe('relevance', () => {
  it('adds 1 for an answer and 1 / log2(1 + rank) for a result, and decays along edges', () => {
    const weights = relevance([{ relevant: [{ document: 10, grade: 2 }], found: [20, 10] }], chain, 2, 0.5);
    expect(weights.get(10)).toBeCloseTo(1 + 1 / Math.log2(3), 12);
    expect(weights.get(20)).toBe(1);
    expect(weights.get(21)).toBe(0.5);
    expect(weights.get(22)).toBe(0.25);
    expect(weights.has(23)).toBe(false);
    expect(relevance([{ relevant: [{ document: 3, grade: 0 }], found: [] }], chain, 1, 0.5).size).toBe(0);
  });
});

describe('chooseRegion', () => {
  const settings = { budget: 0.1, oldest_share: 0.4, hops: 1, hop_decay: 0.1 };

  it('gives its shares to the region by priority and to the oldest', () => {
    const staleness = new Staleness(100, 0);
    // All but the documents from 90 on are younger.
    staleness.noteEncoded(
      Int32Array.from({ length: 90 }, (_, i) => i),
      new Float64Array(90).fill(0.01),
      5,
    );
    staleness.noteEncoded(Int32Array.of(41), [0.5], 6);
    const found = [40, 41, 42, 43, 44, 45, 46];
    // 41 drifted most. Six go to the region: 41 and then by rank. Four to the oldest.
    const chosen = chooseRegion([{ relevant: [], found }], () => [], staleness, settings, 10);
    expect([...chosen]).toEqual([40, 41, 42, 43, 44, 45, 90, 91, 92, 93]);
    const few = chooseRegion([{ relevant: [], found: [45] }], () => [], staleness, settings, 10);
    expect([...few]).toEqual([45, 90, 91, 92, 93, 94, 95, 96, 97, 98]);
  });

  it('prefers what drifts faster and what is older', () => {
    const staleness = new Staleness(10, 0);
    staleness.noteEncoded(Int32Array.of(0, 1), [0.01, 0.5], 4);
    const one = { budget: 0.1, oldest_share: 0, hops: 0, hop_decay: 0 };
    const interest = (found: number[]): { relevant: []; found: number[] }[] =>
      found.map((f) => ({ relevant: [], found: [f] }));
    expect([...chooseRegion(interest([0, 1]), chain, staleness, one, 6)]).toEqual([1]);
    staleness.noteEncoded(Int32Array.of(2), [0.4], 4);
    staleness.noteEncoded(Int32Array.of(3), [0.6], 6);
    // The same rate for both, but 2 is older.
    expect([...chooseRegion(interest([3, 2]), chain, staleness, one, 7)]).toEqual([2]);
  });

  it('never exceeds the budget, repeats a document or takes a fresh one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.array(fc.nat(1000), { maxLength: 10 }), { maxLength: 5 }),
        fc.array(fc.nat(1000), { maxLength: 30 }),
        (size, budget, oldest_share, searches, fresh) => {
          const staleness = new Staleness(size, 0);
          const young = Int32Array.from(new Set(fresh.map((f) => f % size)));
          staleness.noteEncoded(young, new Float64Array(young.length), 3);
          const interests = searches.map((found) => ({ relevant: [], found: found.map((f) => f % size) }));
          const next = (document: number): number[] => [(document + 1) % size];
          const chosen = chooseRegion(interests, next, staleness, { ...settings, budget, oldest_share }, 3);
          const allowed = Math.max(1, Math.round(budget * size));
          expect(chosen.length).toBe(Math.min(allowed, size - young.length));
          expect(new Set(chosen).size).toBe(chosen.length);
          for (const document of chosen) expect(young).not.toContain(document);
        },
      ),
    );
  });
});
