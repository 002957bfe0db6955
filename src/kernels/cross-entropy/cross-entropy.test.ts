import { describe, expect, it } from 'vitest';
import { crossEntropyBackward, crossEntropyForward } from './cross-entropy.reference';
import { assertGradient } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('cross-entropy reference', () => {
  const logits = normals(5 * 11, 1, 2);
  const targets = [10, 0, -100, 4, 4];
  const weights = [0.5, 0.25, 0.7, 0, 1];

  it('is log V for equal logits, and stays finite for large ones', () => {
    const { ce, loss } = crossEntropyForward([5, 5, 5, 5], [2], [0.5], 4);
    expect(ce[0]).toBeCloseTo(Math.log(4), 14);
    expect(loss).toBeCloseTo(Math.log(4) / 2, 14);
    expect(crossEntropyForward([1e4, 0], [1], [1], 2).loss).toBeCloseTo(1e4, 9);
  });

  it('leaves ignored targets out', () => {
    expect(crossEntropyForward(logits, targets, weights, 11).ce[2]).toBe(0);
    const d = crossEntropyBackward(logits, targets, weights, 11);
    expect(d.subarray(22, 33).every((g) => g === 0)).toBe(true);
  });

  it('has the gradient of finite differences', () => {
    const f = (): number => 3 * crossEntropyForward(logits, targets, weights, 11).loss;
    assertGradient('dlogits', f, logits, crossEntropyBackward(logits, targets, weights, 11, 3));
  });
});
