import { describe, expect, it } from 'vitest';
import { assertClose } from '../../lib/tolerance';
import { groupAdvantage, grpoBackward, grpoForward } from './grpo.reference';
import { assertGradient } from '../reference/finite-differences';

describe('GRPO reference', () => {
  // Ratios 0.5, 0.5, 1, 2, 2, 1.1 by advantage: held from below, free, free, held from above, free, free.
  const ratios = [0.5, 0.5, 1, 2, 2, 1.1];
  const advantage = [-1, 1, 0.5, 1, -1, -0.3];
  const old_logprobs = [-1.5, -0.2, -3, -2.5, -1.2, -0.7];
  const logprobs = Float64Array.from(ratios, (r, i) => old_logprobs[i]! + Math.log(r));
  const ref_logprobs = logprobs.map((lp, i) => lp + [0.1, -0.4, 0, 0.9, -1.1, 0.3][i]!);
  const tokens = { logprobs, old_logprobs, ref_logprobs, advantage };
  const settings = { clip_low: 0.2, clip_high: 0.28, beta: 0.04 };

  it('takes the smaller of the free and the clipped objective', () => {
    const { rows, loss } = grpoForward(tokens, { ...settings, beta: 0 });
    assertClose('rows', rows, [0.8, -0.5, -0.5, -1.28, 2, 0.33], { atol: 1e-14, rtol: 0 });
    expect(loss).toBeCloseTo((0.8 - 0.5 - 0.5 - 1.28 + 2 + 0.33) / 6, 14);
  });

  it('counts where the clip took effect, on each side', () => {
    const result = grpoForward(tokens, settings);
    expect(result.clip_ratio_low).toBeCloseTo(1 / 6, 14);
    expect(result.clip_ratio_high).toBeCloseTo(1 / 6, 14);
    expect(result.clip_ratio).toBeCloseTo(1 / 3, 14);
  });

  it('estimates KL by k3', () => {
    const only = { logprobs: [-1], old_logprobs: [-1], ref_logprobs: [-1 + Math.log(2)], advantage: [0] };
    const { kl, loss } = grpoForward(only, settings);
    expect(kl).toBeCloseTo(2 - Math.log(2) - 1, 14);
    expect(loss).toBeCloseTo(0.04 * kl, 14);
  });

  it.each([undefined, 10])('has the gradient of finite differences, divided by %s tokens', (count) => {
    const s = count === undefined ? settings : { ...settings, tokens: count };
    const f = (): number => 3 * grpoForward(tokens, s).loss;
    assertGradient('dlogprobs', f, logprobs, grpoBackward(tokens, s, 3));
  });

  it('makes advantages sum to zero in each group', () => {
    assertClose('advantage', groupAdvantage([1, 0, 0, 3, 3, 0], 3), [2 / 3, -1 / 3, -1 / 3, 1, 1, -2], {
      atol: 1e-14,
      rtol: 0,
    });
    expect(() => groupAdvantage([1, 2, 3], 2)).toThrow(RangeError);
  });
});
