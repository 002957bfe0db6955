import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Compositions, keyedOrder } from './splits';

describe('keyedOrder', () => {
  it('gives every number below n once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (n, key) => {
        expect([...keyedOrder(n, key)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('begins anywhere, as the key says', () => {
    const bins = new Array<number>(10).fill(0);
    for (let key = 0; key < 5000; key++) {
      const [first = 0] = keyedOrder(1000, key);
      bins[Math.floor(first / 100)]! += 1;
    }
    for (const count of bins) expect(Math.abs(count - 500)).toBeLessThan(110);
  });
});

describe('Compositions', () => {
  it('enumerates what it counts, without a repeated relation', () => {
    const all = new Compositions({ entities: 5, relations: 4, max_depth: 3, traces_per_depth: 1e6, held_out: 0 }, 1);
    for (const [depth, count] of [
      [1, 20],
      [2, 60],
      [3, 120],
    ] as const) {
      const found = all.supervised(depth);
      expect(all.count(depth)).toBe(count);
      expect(new Set(found.map((c) => JSON.stringify(c))).size).toBe(count);
      for (const { relations } of found) expect(new Set(relations).size).toBe(depth);
    }
  });

  it('has disjoint splits that fill the whole, and knows its traces', () => {
    const some = new Compositions(
      { entities: 20, relations: 5, max_depth: 3, traces_per_depth: 1e6, held_out: 0.3 },
      7,
    );
    const dev = some.heldOut(3, 'dev', 1e6);
    const test = some.heldOut(3, 'test', 1e6);
    const train = some.supervised(3);
    const keys = [...dev, ...test, ...train].map((c) => JSON.stringify(c));
    expect(new Set(keys).size).toBe(some.count(3));
    expect(keys).toHaveLength(some.count(3));
    expect(train.every((c) => some.isSupervised(c) && some.splitOf(c) === 'train')).toBe(true);
    expect([...dev, ...test].some((c) => some.isSupervised(c))).toBe(false);
  });

  it('answers at once in the largest world', () => {
    const large = new Compositions(
      { entities: 256, relations: 16, max_depth: 6, traces_per_depth: 300, held_out: 0.2 },
      3,
    );
    expect(large.count(6)).toBe(256 * 16 * 15 * 14 * 13 * 12 * 11);
    expect(large.supervised(6)).toHaveLength(300);
    expect(large.heldOut(6, 'test', 100)).toHaveLength(100);
  });
});
