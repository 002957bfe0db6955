import { describe, expect, it } from 'vitest';
import { assertClose, compare, compareNorm, describeComparison } from './tolerance';

const tolerance = { atol: 0.1, rtol: 0.01 };

describe('compare', () => {
  it('reports the largest error when it passes', () => {
    const result = compare([1, 100.9], [1.05, 100], tolerance);
    expect(result).toMatchObject({ pass: true, index: 1, actual: 100.9, expected: 100 });
    expect(result.largest).toBeCloseTo(0.9);
    expect(result.excess).toBeCloseTo(0.9 / 1.1);
  });

  it('weighs errors by what is allowed where they are', () => {
    const result = compare([1.2, 100.5], [1, 100], tolerance);
    expect(result).toMatchObject({ pass: false, index: 0 });
    expect(result.largest).toBeCloseTo(0.5);
  });

  it('fails on NaN and on an infinity where none is expected, and accepts equal ones', () => {
    expect(compare([NaN], [0], tolerance)).toMatchObject({ pass: false, largest: Infinity, index: 0 });
    expect(compare([NaN], [NaN], tolerance).pass).toBe(false);
    expect(compare([1], [Infinity], tolerance).pass).toBe(false);
    expect(compare([-Infinity], [-Infinity], tolerance)).toMatchObject({ pass: true, largest: 0 });
  });

  it('wants bit equality where nothing is allowed', () => {
    expect(compare([1], [1], { atol: 0, rtol: 0 }).pass).toBe(true);
    expect(compare([1 + 1e-15], [1], { atol: 0, rtol: 0 }).pass).toBe(false);
  });

  it('refuses other lengths', () => {
    expect(() => compare([1], [1, 2], tolerance)).toThrow(RangeError);
  });
});

describe('compareNorm', () => {
  it('is relative to the whole tensor', () => {
    const result = compareNorm([3, 4.001, 0.0], [3, 4, 0], 1e-3);
    expect(result.pass).toBe(true);
    expect(result.largest).toBeCloseTo(2e-4, 8);
    expect(compareNorm([3, 4.1, 0], [3, 4, 0], 1e-3).pass).toBe(false);
    expect(compareNorm([3, NaN, 0], [3, 4, 0], 1e-3)).toMatchObject({ pass: false, largest: Infinity });
  });

  it('holds a zero tensor to its own bound', () => {
    expect(compareNorm([5e-7, 0], [0, 0]).pass).toBe(true);
    expect(compareNorm([5e-6, 0], [0, 0]).pass).toBe(false);
  });
});

describe('messages', () => {
  it('name the array and print the largest error', () => {
    expect(() => assertClose('logits', [2], [1], tolerance)).toThrow(/logits FAILS: largest error 1.000e\+0/);
    expect(describeComparison('logits', assertClose('logits', [1], [1], tolerance))).toMatch(/logits passes/);
  });
});
