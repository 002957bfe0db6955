import { describe, expect, it } from 'vitest';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';
import { rmsnormBackward, rmsnormForward } from './rmsnorm.reference';

describe('rmsnorm reference', () => {
  it('leaves rows of mean square one times the weight', () => {
    const { y, rstd } = rmsnormForward([3, 4, 0, 0], [1, 2], 0.5);
    expect(rstd[0]).toBeCloseTo(1 / Math.sqrt(13), 14);
    expect(y[1]).toBeCloseTo(8 / Math.sqrt(13), 14);
    expect(rstd[1]).toBeCloseTo(Math.SQRT2, 14);
    expect(y[2]).toBe(0);
  });

  it.each([1e-6, 0.3])('has the gradients of finite differences, eps %d', (eps) => {
    const x = normals(3 * 7, 1);
    const weight = normals(7, 2);
    const dy = normals(3 * 7, 3);
    const f = (): number => weigh(rmsnormForward(x, weight, eps).y, dy);
    const { dx, dweight } = rmsnormBackward(dy, x, weight, rmsnormForward(x, weight, eps).rstd);
    assertGradient('dx', f, x, dx);
    assertGradient('dweight', f, weight, dweight);
  });
});
