import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTick,
  plural,
  formatDifference,
} from './format';

describe('numbers have three significant digits and no false precision', () => {
  test.each([
    [0, '0'],
    [0.004123, '0.00412'],
    [0.9996, '1.00'],
    [2.3149, '2.31'],
    [48.251, '48.3'],
    [-0.5, '−0.500'],
    [1234.4, '1,234'],
    [3, '3'],
    [2.4e-7, '2.4e−7'],
    [3.2e12, '3.2e12'],
    [NaN, 'not a number'],
    [Infinity, '∞'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

test.each([
  [0.2, '0.2'],
  [1, '1'],
  [40_000, '40,000'],
  [0.00002, '2e−5'],
])('the tick %d is %s', (value, text) => expect(formatTick(value)).toBe(text));

test.each([
  [41_200, '41\u202fs'],
  [60_000, '1\u202fmin'],
  [200_000, '3\u202fmin 20\u202fs'],
  [7_500_000, '2\u202fh 5\u202fmin'],
  [7_199_000, '2\u202fh 0\u202fmin'],
])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test('sizes, counts and shares carry their units', () => {
  expect(formatBytes(38_100_000)).toBe('38\u202fMB');
  expect(formatBytes(512)).toBe('512\u202fB');
  expect(formatBytes(0)).toBe('0\u202fB');
  expect(formatCount(160_432)).toBe('0.16\u202fM');
  expect(formatCount(65_100)).toBe('65\u202fk');
  expect(formatCount(412)).toBe('412');
  expect([0.0246, -0.5, -0.0001, 0].map(formatDifference)).toEqual(['+0.025', '−0.500', '0.000', '0.000']);
  expect(formatPercent(0.714)).toBe('71\u202f%');
  expect(plural(1, 'step')).toBe('1 step');
  expect(plural(1200, 'step')).toBe('1,200 steps');
});
