import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { curveDifference, largestOf, TOLERANCE, WINDOW, withinTolerance } from './reproduction';

const supervised = parseSession({ pretrain: { steps: 30 }, sft: { steps: 30 }, grpo: { steps: 0 } });
const reinforced = parseSession({ pretrain: { steps: 30 }, sft: { steps: 30 }, grpo: { steps: 5 } });
const flat = (length: number, value: number): number[] => Array.from({ length }, () => value);

describe('the difference of two curves', () => {
  it('is that of the means over a window, relative to the recorded one', () => {
    const rerun = flat(50, 2).map((value, at) => (at === 25 ? value + 2 : value));
    expect(curveDifference(flat(50, 2), rerun)).toEqual([
      { step: 20, difference: 0 },
      { step: 40, difference: expect.closeTo(1 / WINDOW) as number },
      { step: 50, difference: 0 },
    ]);
    expect(largestOf(curveDifference(flat(50, 2), rerun))?.step).toBe(40);
    expect(curveDifference(flat(50, 2), rerun, 20)).toHaveLength(1);
    expect(curveDifference([], rerun)).toEqual([]);
  });

  it('is zero where both are not finite, and infinite where one is', () => {
    expect(curveDifference([null], [NaN])).toEqual([{ step: 1, difference: 0 }]);
    expect(curveDifference([1], [null])).toEqual([{ step: 1, difference: Infinity }]);
  });
});

describe('the tolerance', () => {
  const curve = (difference: number) => [{ step: 20, difference }];
  it('bounds curves and final metrics, and is wider after stage 2', () => {
    expect(withinTolerance(supervised, [], [])).toBeNull();
    expect(withinTolerance(supervised, curve(TOLERANCE.loss), [])).toBe(true);
    expect(withinTolerance(supervised, curve(TOLERANCE.loss * 1.01), [])).toBe(false);
    const apart = (TOLERANCE.metric + TOLERANCE.metricAfterStage2) / 2;
    expect(withinTolerance(supervised, [], [[0.8, 0.8 - apart]])).toBe(false);
    expect(withinTolerance(reinforced, [], [[0.8, 0.8 - apart]])).toBe(true);
    expect(withinTolerance(reinforced, [], [[0.8, 0.8 - TOLERANCE.metricAfterStage2 - 0.01]])).toBe(false);
  });
});
