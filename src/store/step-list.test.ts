import { describe, expect, it } from 'vitest';
import { StepList } from './step-list';

describe('a list of steps', () => {
  it('grows, while lists of before stay as they were', () => {
    const none = StepList.of();
    const one = none.with(3);
    const two = one.with(7);
    expect([none.length, one.length, two.length]).toEqual([0, 1, 2]);
    expect(one.with(3)).toBe(one);
    expect([none.slice(), one.slice(), two.slice()]).toEqual([[], [3], [3, 7]]);
    // Two that grow from the same list do not meet.
    const other = one.with(5);
    expect([two.slice(), other.slice()]).toEqual([
      [3, 7],
      [3, 5],
    ]);
  });

  it('finds the last step up to another', () => {
    const list = StepList.of([2, 4, 9]);
    expect([1, 2, 3, 8, 9, 100].map((step) => list.upTo(step))).toEqual([undefined, 2, 2, 4, 9, 9]);
    expect([2, 3, 9].map((step) => list.has(step))).toEqual([true, false, true]);
    expect([list.at(0), list.at(-1), list.at(3), list.at(-4)]).toEqual([2, 9, undefined, undefined]);
    expect(list.slice(1, 8)).toEqual([4, 9]);
  });
});
