import { describe, expect, it } from 'vitest';
import { takeBatch } from './trace-generator';

describe('takeBatch', () => {
  const lengths = [3, 9, 5, 5, 1];
  const lengthOf = (row: number): number => lengths[row]!;

  it('takes the longest that fit', () => {
    const rows = [0, 1, 2, 3, 4];
    expect(takeBatch(rows, lengthOf, { sequences: 3, promptTokens: 100 })).toEqual({ batch: [1, 2, 3], rest: [0, 4] });
    expect(takeBatch(rows, lengthOf, { sequences: 9, promptTokens: 14 })).toEqual({ batch: [1, 2], rest: [3, 0, 4] });
  });

  it('takes one at least', () => {
    expect(takeBatch([1], lengthOf, { sequences: 9, promptTokens: 2 })).toEqual({ batch: [1], rest: [] });
  });
});
