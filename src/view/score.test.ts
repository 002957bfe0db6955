import { expect, test } from 'vitest';
import type { ArmResult } from '../records/records';
import { estimateOf, formatEstimate, formatGap, formatSpread } from './score';

const arm = (ndcg: number, interval: [number, number] | null, queries = 64): ArmResult => ({
  ndcg_cut_10: ndcg,
  recall_100: 1,
  recip_rank_cut_10: 1,
  map: 1,
  success_1: ndcg / 2,
  ci95: interval ? { ndcg_cut_10: interval } : {},
  by_depth: {},
  queries,
});

test('one run has the interval of its evaluation, whatever its shape', () => {
  const skewed = estimateOf([arm(0.9, [0.7, 0.95])])!;
  expect(formatEstimate(skewed)).toBe('0.900 [0.700, 0.950]');
  expect(formatSpread(skewed)).toBe('0.900 [0.700, 0.950]');
  expect(formatEstimate(estimateOf([arm(0.9, null)])!)).toBe('0.900');
  expect(formatEstimate(estimateOf([arm(0.9, [0.7, 0.95])], 'success_1')!)).toBe('0.450');
  expect(estimateOf([])).toBeNull();
});

test('several seeds have a mean, a standard deviation, and an interval within 0 and 1', () => {
  const seeds = estimateOf([arm(0.8, [0.78, 0.82]), arm(0.9, [0.88, 0.92])])!;
  expect(formatSpread(seeds)).toBe('0.850 ± 0.071');
  expect(seeds.interval![0]).toBeCloseTo(0.85 - 1.96 * seeds.error);
  expect(formatGap(estimateOf([arm(0.5, [0.4412, 0.5588])])!, estimateOf([arm(0.4, [0.3216, 0.4784])])!)).toBe(
    '−0.100 [−0.198, −0.002]',
  );
  expect(formatEstimate(estimateOf([arm(1, [1, 1]), arm(0.2, [0.1, 0.3])])!)).toBe('0.600 [0.000, 1.000]');
});

test('few queries are told in place of an interval', () => {
  const few = estimateOf([arm(1, [1, 1], 4)])!;
  expect(formatEstimate(few)).toBe('1.000 (4 queries)');
  expect(formatEstimate(estimateOf([arm(1, [1, 1], 1)])!)).toBe('1.000 (1 query)');
  expect(formatGap(estimateOf([arm(0.5, [0.4, 0.6])])!, few)).toBe('+0.500');
});
