import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimate, withGaps } from './decimate';

const column = (...values: number[]): Float64Array => Float64Array.from(values);

test('a short series comes back whole, as copies', () => {
  const x = column(1, 2, 3);
  const [outX, y] = decimate(x, [column(5, NaN, 7)], 2);
  expect([...outX]).toEqual([1, 2, 3]);
  expect([...y!]).toEqual([5, NaN, 7]);
  expect(outX.buffer).not.toBe(x.buffer);
});

test('no spike is lost, and x never runs back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 50, maxLength: 400 }),
      fc.integer({ min: 2, max: 12 }),
      (list, buckets) => {
        const x = Float64Array.from(list, (_, at) => at + 1);
        const [outX, y] = decimate(x, [Float64Array.from(list)], buckets);
        expect(Math.max(...y!)).toBe(Math.max(...list));
        expect(Math.min(...y!)).toBe(Math.min(...list));
        for (let at = 1; at < outX.length; at++) expect(outX[at]!).toBeGreaterThanOrEqual(outX[at - 1]!);
      },
    ),
  );
});

test('a bucket that begins with a gap keeps its numbers', () => {
  const values = column(NaN, NaN, NaN, 4, 9, 1, NaN, NaN);
  const [, y] = decimate(column(1, 2, 3, 4, 5, 6, 7, 8), [values], 2);
  const numbers = [...y!].filter((value) => !Number.isNaN(value));
  expect([Math.min(...numbers), Math.max(...numbers)]).toEqual([1, 9]);
});

test('a line is cut before each stage', () => {
  const [x, y] = withGaps([column(1, 2, 3, 4), column(5, 6, 7, 8)], [1, 3]);
  expect([...x]).toEqual([1, 2, 2.5, 3, 4]);
  expect([...y!]).toEqual([5, 6, NaN, 7, 8]);
});
