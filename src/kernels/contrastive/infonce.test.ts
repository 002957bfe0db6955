import { describe, expect, it } from 'vitest';
import { infonceBackward, infonceForward } from './infonce.reference';
import { assertGradient } from '../reference/finite-differences';
import { uniforms } from '../reference/test-data';

describe('InfoNCE reference', () => {
  it('is the mean of −log softmax at the positive', () => {
    expect(infonceForward([0.3, 0.3, 0.3, 0.9, 0.9, 0.9], [0, 2], 0.05).loss).toBeCloseTo(Math.log(3), 13);
    const { rows, loss } = infonceForward([1, 0, 1, 0], [0, 1], 0.5);
    expect(rows[0]).toBeCloseTo(Math.log(1 + Math.exp(-2)), 14);
    expect(rows[1]).toBeCloseTo(Math.log(1 + Math.exp(2)), 14);
    expect(loss).toBeCloseTo((rows[0]! + rows[1]!) / 2, 14);
  });

  it.each([0.05, 0.7])('has the gradient of finite differences, temperature %d', (temperature) => {
    const scores = uniforms(3 * 7, 1);
    const positive = [6, 0, 3];
    const f = (): number => 3 * infonceForward(scores, positive, temperature).loss;
    const d = infonceBackward(scores, positive, temperature, 3);
    assertGradient('dscores', f, scores, d, { step: 1e-3 * temperature });
  });
});
