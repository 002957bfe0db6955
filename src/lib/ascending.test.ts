import { expect, it } from 'vitest';
import { leading } from './ascending';

it('counts what comes before a bound in ascending values', () => {
  const values = [2, 4, 4, 9];
  const upTo = (bound: number): number => leading(values.length, (at) => values[at]! <= bound);
  expect([1, 2, 3, 4, 8, 9, 100].map(upTo)).toEqual([0, 1, 1, 3, 3, 4, 4]);
  expect(leading(0, () => true)).toBe(0);
});
