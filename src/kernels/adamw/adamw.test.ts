import { describe, expect, it } from 'vitest';
import { assertClose } from '../../lib/tolerance';
import { adamwStep, clipCoefficient, globalNorm } from './adamw.reference';
import { assertGradient } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

const settings = { lr: 0.01, beta1: 0.9, beta2: 0.95, eps: 1e-8, weight_decay: 0.1 };

describe('AdamW reference', () => {
  it('first moves by lr against the sign of the gradient, after the decay', () => {
    const t = { parameter: Float64Array.of(1, -2, 3), m: new Float64Array(3), v: new Float64Array(3) };
    adamwStep(t, [0.5, -4, 0], settings, 1);
    assertClose('parameter', t.parameter, [0.999 - 0.01, -1.998 + 0.01, 2.997], { atol: 1e-9, rtol: 0 });
    assertClose('m', t.m, [0.05, -0.4, 0], { atol: 1e-15, rtol: 0 });
    assertClose('v', t.v, [0.0125, 0.8, 0], { atol: 1e-15, rtol: 0 });
  });

  it('follows the closed form of its moments', () => {
    // With one gradient for ever, both corrected moments equal it and its square at every step.
    const t = { parameter: Float64Array.of(5), m: new Float64Array(1), v: new Float64Array(1) };
    for (let step = 1; step <= 20; step++) adamwStep(t, [0.3], { ...settings, weight_decay: 0 }, step);
    expect(t.parameter[0]).toBeCloseTo(5 - 20 * 0.01 * (0.3 / (0.3 + 1e-8)), 12);
  });

  it('multiplies the gradient by the scale first', () => {
    const make = (): Parameters<typeof adamwStep>[0] => ({
      parameter: Float64Array.of(1),
      m: Float64Array.of(0.1),
      v: Float64Array.of(0.2),
    });
    const [a, b] = [make(), make()];
    adamwStep(a, [0.6], settings, 3, 0.5);
    adamwStep(b, [0.3], settings, 3);
    expect(a).toEqual(b);
  });
});

describe('global-norm clipping reference', () => {
  it('measures all tensors together', () => {
    expect(globalNorm([[3], [0, 4]])).toBe(5);
    const x = normals(5, 1);
    const norm = globalNorm([x]);
    assertGradient(
      'dnorm',
      () => globalNorm([x]),
      x,
      x.map((value) => value / norm),
    );
  });

  it('shrinks long gradients alone', () => {
    expect(clipCoefficient(4, 1)).toBe(1 / (4 + 1e-6));
    expect(clipCoefficient(0.5, 1)).toBe(1);
    expect(clipCoefficient(0, 1)).toBe(1);
    expect(clipCoefficient(1, 1)).toBe(1 / (1 + 1e-6));
  });
});
