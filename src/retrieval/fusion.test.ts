import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, reciprocalRankFusion } from './fusion';

describe('reciprocal-rank fusion', () => {
  it('adds up as worked out by hand', () => {
    const scores = reciprocalRankFusion(
      [
        [2, 0],
        [0, 1, 2],
      ],
      4,
    );
    expect([...scores]).toEqual([1 / 62 + 1 / 61, 1 / 62, 1 / 61 + 1 / 63, 0].map(Math.fround));
  });

  it('ranks what is in one of the rankings, ties to the lower row or as asked', () => {
    const rankings = [[3, 1], [1, 3], [0]];
    expect([...fuse(rankings, 9, 9).rows]).toEqual([1, 3, 0]);
    expect([...fuse(rankings, 9, 9, (a, b) => b - a).rows]).toEqual([3, 1, 0]);
    expect([...fuse(rankings, 9, 1).rows]).toEqual([1]);
    expect([...fuse([[0, 1], []], 2, 9).rows]).toEqual([0, 1]);
  });

  it('leaves a ranking fused with itself, or with nothing, as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 150 }), (ranking) => {
        expect([...fuse([ranking, ranking], 201, 201).rows]).toEqual(ranking);
        expect([...fuse([ranking, []], 201, 201).rows]).toEqual(ranking);
      }),
    );
  });
});
