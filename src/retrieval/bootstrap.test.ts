import { describe, expect, it } from 'vitest';
import { Random } from '../lib/philox';
import { bootstrapInterval } from './bootstrap';

const random = new Random(3, 'task');
const values = Array.from({ length: 400 }, () => random.normal());
const mean = values.reduce((a, b) => a + b, 0) / values.length;
const width = ([low, high]: [number, number]): number => high - low;

describe('bootstrapInterval', () => {
  it('is about 1.96 standard errors to each side of the mean', () => {
    const [low, high] = bootstrapInterval(values, 1);
    const error = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / values.length;
    expect((mean - low) / error).toBeCloseTo(1.96, 0);
    expect((high - mean) / error).toBeCloseTo(1.96, 0);
  });

  it('depends on its seed alone', () => {
    expect(bootstrapInterval(values, 1)).toEqual(bootstrapInterval(values, 1));
    expect(bootstrapInterval(values, 1)).not.toEqual(bootstrapInterval(values, 2));
  });

  it('moves and scales with its values', () => {
    const [low, high] = bootstrapInterval(values, 5);
    const [low2, high2] = bootstrapInterval(
      values.map((v) => 2 * v + 1),
      5,
    );
    expect(low2).toBeCloseTo(2 * low + 1, 9);
    expect(high2).toBeCloseTo(2 * high + 1, 9);
  });

  it('is wider where values come in clusters, and the same where every cluster has one', () => {
    const doubled = [...values, ...values];
    const clusters = doubled.map((_, i) => i % values.length);
    expect(width(bootstrapInterval(doubled, 1, { clusters })) / width(bootstrapInterval(doubled, 1))).toBeCloseTo(
      Math.SQRT2,
      0,
    );
    expect(bootstrapInterval(values, 1, { clusters: values.map((_, i) => i) })).toEqual(bootstrapInterval(values, 1));
    expect(() => bootstrapInterval(values, 1, { clusters: [1] })).toThrow(RangeError);
  });

  it('is a point for one value and undefined for none', () => {
    expect(bootstrapInterval([0.5], 1)).toEqual([0.5, 0.5]);
    expect(bootstrapInterval([], 1)).toEqual([NaN, NaN]);
  });
});
