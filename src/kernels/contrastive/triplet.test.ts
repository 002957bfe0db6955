import { describe, expect, it } from 'vitest';
import { assertGradient } from '../reference/finite-differences';
import { tripletBackward, tripletForward } from './triplet.reference';

describe('triplet reference', () => {
  // Rows: active, inactive, exactly at the margin, active.
  const scores = Float64Array.of(0.5, 0.4, 0, 0.9, 0.1, 0, 0.75, 0.5, 0, 0.2, 0.3, 0.7);
  const positive = [0, 0, 0, 1];
  const negative = [1, 1, 1, 2];

  it('counts the rows within the margin alone', () => {
    const { rows, loss } = tripletForward(scores, positive, negative, 0.25);
    expect(rows[0]).toBeCloseTo(0.15, 14);
    expect(rows[1]).toBe(0);
    expect(rows[2]).toBe(0);
    expect(rows[3]).toBeCloseTo(0.65, 14);
    expect(loss).toBeCloseTo(0.2, 14);
  });

  it('has the gradient of finite differences, zero where inactive', () => {
    const d = tripletBackward(scores, positive, negative, 0.25, 3);
    const f = (): number => 3 * tripletForward(scores, positive, negative, 0.25).loss;
    // The third row sits on the kink, where no difference quotient exists.
    assertGradient('dscores', f, scores, d, { indices: [0, 1, 2, 3, 4, 5, 9, 10, 11] });
    expect([...d.subarray(3, 9)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
