import { describe, expect, it } from 'vitest';
import { l2NormalizeBackward, l2NormalizeForward } from './l2-normalize.reference';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('L2 normalisation reference', () => {
  it('makes rows of length one, and leaves a zero row zero with a zero gradient', () => {
    const { y, norm } = l2NormalizeForward([3, 4, 0, 0], 2);
    expect([...y]).toEqual([0.6, 0.8, 0, 0]);
    expect([...norm]).toEqual([5, 0]);
    expect([...l2NormalizeBackward([1, 1, 1, 1], y, norm, 2).subarray(2)]).toEqual([0, 0]);
  });

  it('has the gradient of finite differences', () => {
    const x = normals(3 * 5, 1);
    const dy = normals(3 * 5, 2);
    const { y, norm } = l2NormalizeForward(x, 5);
    assertGradient('dx', () => weigh(l2NormalizeForward(x, 5).y, dy), x, l2NormalizeBackward(dy, y, norm, 5));
  });
});
