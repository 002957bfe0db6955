import { describe, expect, it } from 'vitest';
import { cosineBackward, cosineForward } from './cosine.reference';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('cosine matrix reference', () => {
  it('does not see lengths', () => {
    const scores = cosineForward([2, 0], [5, 0, 0, 3, -1, -1], 2);
    expect(scores[0]).toBe(1);
    expect(scores[1]).toBe(0);
    expect(scores[2]).toBeCloseTo(-Math.SQRT1_2, 14);
  });

  it('has the gradients of finite differences', () => {
    const queries = normals(3 * 5, 1);
    const documents = normals(7 * 5, 2);
    const dscores = normals(3 * 7, 3);
    const f = (): number => weigh(cosineForward(queries, documents, 5), dscores);
    const { dqueries, ddocuments } = cosineBackward(dscores, queries, documents, 5);
    assertGradient('dqueries', f, queries, dqueries);
    assertGradient('ddocuments', f, documents, ddocuments);
  });
});
