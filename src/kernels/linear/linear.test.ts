import { describe, expect, it } from 'vitest';
import { linearBackward, linearForward } from './linear.reference';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('linear reference', () => {
  it('multiplies by the transposed weight', () => {
    const y = linearForward([1, 2, 3, 4], [1, 0, 0, 1, 1, 1], [10, 20, 30], { n: 2, k: 2, m: 3 });
    expect([...y]).toEqual([11, 22, 33, 13, 24, 37]);
  });

  it.each([
    { n: 3, k: 7, m: 5 },
    { n: 1, k: 1, m: 1 },
  ])('has the gradients of finite differences at %j', (shape) => {
    const x = normals(shape.n * shape.k, 1);
    const w = normals(shape.m * shape.k, 2);
    const bias = normals(shape.m, 3);
    const dy = normals(shape.n * shape.m, 4);
    const f = (): number => weigh(linearForward(x, w, bias, shape), dy);
    const { dx, dw, db } = linearBackward(dy, x, w, shape);
    assertGradient('dx', f, x, dx);
    assertGradient('dw', f, w, dw);
    assertGradient('db', f, bias, db);
  });

  it('refuses arrays of another shape', () => {
    expect(() => linearForward([1, 2], [1], undefined, { n: 2, k: 1, m: 2 })).toThrow('w has 1 values, expected 2');
  });
});
