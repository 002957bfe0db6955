import { describe, expect, it } from 'vitest';
import { assertClose } from '../../lib/tolerance';
import { dot } from '../reference/arrays';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';
import { ropeBackward, ropeForward, ropeTable } from './rope.reference';

describe('rope reference', () => {
  const shape = { heads: 3, headDim: 6 };
  const table = ropeTable(12, shape.headDim, 10_000);
  const positions = [0, 1, 2, 0, 11];
  const x = normals(positions.length * 18, 1);

  it('pairs value j with j + hd/2 and turns by position · theta^(−2j/hd)', () => {
    const y = ropeForward([1, 2, 3, 4], [5], ropeTable(6, 4, 100), { heads: 1, headDim: 4 });
    expect(y[0]).toBeCloseTo(Math.cos(5) - 3 * Math.sin(5), 14);
    expect(y[2]).toBeCloseTo(3 * Math.cos(5) + Math.sin(5), 14);
    expect(y[1]).toBeCloseTo(2 * Math.cos(0.5) - 4 * Math.sin(0.5), 14);
    expect(y[3]).toBeCloseTo(4 * Math.cos(0.5) + 2 * Math.sin(0.5), 14);
  });

  it('leaves position 0 as it is, and is undone by its backward', () => {
    const y = ropeForward(x, positions, table, shape);
    expect([...y.subarray(0, 18)]).toEqual([...x.subarray(0, 18)]);
    assertClose('x', ropeBackward(y, positions, table, shape), x, { atol: 1e-14, rtol: 0 });
  });

  it('makes scores depend on the distance alone', () => {
    const one = { heads: 1, headDim: 6 };
    const q = x.subarray(0, 6);
    const k = x.subarray(6, 12);
    const score = (i: number, j: number): number =>
      dot(ropeForward(q, [i], table, one), 0, ropeForward(k, [j], table, one), 0, 6);
    expect(score(7, 4)).toBeCloseTo(score(11, 8), 13);
    expect(score(7, 4)).not.toBeCloseTo(score(7, 5), 3);
  });

  it('has the gradient of finite differences', () => {
    const dy = normals(x.length, 2);
    const dx = ropeBackward(dy, positions, table, shape);
    assertGradient('dx', () => weigh(ropeForward(x, positions, table, shape), dy), x, dx);
  });
});
