import { describe, expect, it } from 'vitest';
import { groupAdvantage } from '../../kernels/grpo/grpo.reference';
import { uniforms } from '../../kernels/reference/test-data';
import { gainAdvantages, groupAdvantages } from './grpo-advantage';

describe("a group's advantages", () => {
  const rewards = uniforms(24, 1);

  it('are the reference: reward minus the mean of its group', () => {
    for (const size of [2, 3, 8]) {
      const { values } = groupAdvantages(rewards, size, false);
      groupAdvantage(rewards, size).forEach((expected, i) => expect(values[i]).toBe(Math.fround(expected)));
    }
  });

  it("are divided by the group's standard deviation where that is asked for", () => {
    // Deviations with n − 1: 1, √0.5 · 2 and 0.
    const { values, rewardStd, zeroStd } = groupAdvantages([0, 1, 2, 3, 3, 5, 4, 4, 4], 3, true);
    const second = 2 / Math.sqrt(3);
    const expected = [-1, 0, 1, -2 / 3 / second, -2 / 3 / second, 4 / 3 / second, 0, 0, 0];
    expected.forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(2e-4));
    expect(rewardStd).toBeCloseTo((1 + second) / 3, 14);
    expect(zeroStd).toBeCloseTo(1 / 3, 15);
  });

  it('are all zero in a group whose rewards are alike, divided or not', () => {
    for (const scale of [false, true]) {
      // 0.1 + 0.1 + 0.1 is not three times 0.1.
      const { values, rewardStd, zeroStd } = groupAdvantages(new Array<number>(6).fill(0.1), 3, scale);
      values.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-12));
      expect(rewardStd).toBeLessThan(1e-12);
      expect(zeroStd).toBe(1);
    }
  });
});

describe('advantages by gain', () => {
  it('are 1 where the words led the search better than none, and 0 elsewhere, whatever the group did', () => {
    const rewards = [0.2, 0.5, 0.4, 0, 0, 0, 1, 1, 0.3];
    const { values, zeroStd } = gainAdvantages(rewards, [0.4, 0, 0.3]);
    expect([...values]).toEqual([0, 1, 0, 0, 0, 0, 1, 1, 0]);
    expect(zeroStd).toBeCloseTo(1 / 3, 15);
  });
});
