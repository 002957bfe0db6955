import { describe, expect, it } from 'vitest';
import { assertGradient, numericalGradient } from './finite-differences';

describe('finite differences', () => {
  const x = Float64Array.of(0.3, -1.2, 2.1);
  const f = (): number => Math.sin(x[0]!) * Math.exp(x[1]!) + x[2]! ** 3;

  it('give the derivative of a known function and leave x as it was', () => {
    const g = numericalGradient(f, x);
    const e = Math.exp(-1.2);
    expect(g[0]).toBeCloseTo(Math.cos(0.3) * e, 10);
    expect(g[1]).toBeCloseTo(Math.sin(0.3) * e, 10);
    expect(g[2]).toBeCloseTo(3 * 2.1 ** 2, 10);
    expect([...x]).toEqual([0.3, -1.2, 2.1]);
  });

  it('refuse a wrong gradient and one of another length', () => {
    const g = numericalGradient(f, x);
    g[1]! += 1e-6;
    expect(() => assertGradient('f', f, x, g)).toThrow(/f FAILS: largest error 1\.0\d*e-6, worst at \[1\]/);
    expect(() => assertGradient('f', f, x, g, { indices: [0, 2] })).not.toThrow();
    expect(() => assertGradient('f', f, x, [1])).toThrow(/expected 3/);
  });
});
