import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestRank, dcgReward, rewardOfRanks } from './reward';

const one = (document: number, grade = 1): { document: number; grade: number } => ({ document, grade });

describe('dcgReward', () => {
  it('discounts by the logarithm of the rank', () => {
    expect(dcgReward([7, 3, 9], [one(7)], 3)).toBe(1);
    expect(dcgReward([3, 7, 9], [one(7)], 3)).toBeCloseTo(1 / Math.log2(3), 12);
    expect(dcgReward([3, 9, 7], [one(7)], 3)).toBeCloseTo(0.5, 12);
    expect(dcgReward([3, 9, 7], [one(7)], 2)).toBe(0);
  });

  it('divides by the best that is possible within k', () => {
    const relevant = [one(1, 3), one(2, 1), one(3, 2)];
    expect(dcgReward([1, 3, 2], relevant, 3)).toBeCloseTo(1, 12);
    expect(dcgReward([1, 3], relevant, 2)).toBeCloseTo(1, 12);
    const ideal = 3 + 2 / Math.log2(3) + 1 / 2;
    expect(dcgReward([2, 1, 9], relevant, 3)).toBeCloseTo((1 + 3 / Math.log2(3)) / ideal, 12);
  });

  it('is 0 where nothing is relevant or nothing was found', () => {
    expect(dcgReward([1, 2], [], 2)).toBe(0);
    expect(dcgReward([1, 2], [one(1, 0)], 2)).toBe(0);
    expect(dcgReward([], [one(1)], 2)).toBe(0);
  });

  it('lies in [0, 1] and grows as a relevant document moves up', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(30), { minLength: 2, maxLength: 20 }),
        fc.uniqueArray(fc.record({ document: fc.nat(30), grade: fc.nat(3) }), { selector: (r) => r.document }),
        fc.integer({ min: 1, max: 20 }),
        (ranking, relevant, k) => {
          const reward = dcgReward(ranking, relevant, k);
          expect(reward).toBeGreaterThanOrEqual(0);
          expect(reward).toBeLessThanOrEqual(1 + 1e-12);
          const grade = (document = -1): number => relevant.find((r) => r.document === document)?.grade ?? 0;
          const sorted = [...ranking].sort((a, b) => grade(b) - grade(a));
          expect(dcgReward(sorted, relevant, k)).toBeGreaterThanOrEqual(reward - 1e-12);
        },
      ),
    );
  });

  it('refuses k below 1', () => {
    expect(() => dcgReward([1], [], 0)).toThrow(/k is 0/);
  });
});

describe('bestRank', () => {
  it('counts from 1, 0 where none is there', () => {
    expect(bestRank([4, 5, 6], [one(6), one(5)])).toBe(2);
    expect(bestRank([4, 5, 6], [one(7), one(4, 0)])).toBe(0);
  });
});

describe('rewardOfRanks', () => {
  it('is the reward of any ranking that has the documents at these ranks', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 20 }),
        fc.uniqueArray(fc.record({ document: fc.nat(30), grade: fc.nat(3) }), { selector: (r) => r.document }),
        fc.integer({ min: 1, max: 20 }),
        (ranking, relevant, k) => {
          const ranks = relevant.map(({ document }) => ranking.indexOf(document) + 1);
          expect(rewardOfRanks(ranks, relevant, k)).toBeCloseTo(dcgReward(ranking, relevant, k), 12);
        },
      ),
    );
  });
});
