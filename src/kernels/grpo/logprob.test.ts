import { describe, expect, it } from 'vitest';
import { logprobBackward, logprobForward } from './logprob.reference';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('log-probability reference', () => {
  it('gives log-probability and entropy', () => {
    const { logprobs, entropy } = logprobForward([2, 2, 2, 2, Math.log(3), 0, -1e4, -1e4], [1, 0], 4);
    expect(logprobs[0]).toBeCloseTo(-Math.log(4), 14);
    expect(entropy[0]).toBeCloseTo(Math.log(4), 14);
    expect(logprobs[1]).toBeCloseTo(Math.log(0.75), 14);
    expect(entropy[1]).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 14);
  });

  it.each([1, 0.6])('has the gradient of finite differences, temperature %d', (temperature) => {
    const logits = normals(3 * 9, 1, 2);
    const targets = [8, 0, 4];
    const dlogprobs = normals(3, 2);
    const f = (): number => weigh(logprobForward(logits, targets, 9, temperature).logprobs, dlogprobs);
    assertGradient('dlogits', f, logits, logprobBackward(dlogprobs, logits, targets, 9, temperature));
  });
});
