import { describe, expect, it } from 'vitest';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';
import { swigluBackward, swigluForward } from './swiglu.reference';

describe('swiglu reference', () => {
  it('is silu(gate) · up, the gates first', () => {
    const y = swigluForward([1, -2, 10, 100], 2);
    expect(y[0]).toBeCloseTo(10 / (1 + Math.exp(-1)), 13);
    expect(y[1]).toBeCloseTo(-200 / (1 + Math.exp(2)), 13);
    expect(swigluForward([-800, 1], 1)[0]).toBeCloseTo(0, 14);
  });

  it('has the gradient of finite differences', () => {
    const gateUp = normals(3 * 2 * 5, 1, 2);
    const dy = normals(3 * 5, 2);
    const d = swigluBackward(dy, gateUp, 5);
    assertGradient('dgateUp', () => weigh(swigluForward(gateUp, 5), dy), gateUp, d);
  });
});
