import { describe, expect, it } from 'vitest';
import { klDivergenceBackward, klDivergenceForward } from './kl-divergence.reference';
import { assertGradient } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('KL divergence reference', () => {
  const base = normals(4 * 9, 1, 2);
  const logits = normals(4 * 9, 2, 2);
  const weights = [0.5, 0.25, 0, 2];

  it('is KL(base ‖ model), and the other way round in reverse', () => {
    const [b, m] = [
      [0.75, 0.25],
      [0.5, 0.5],
    ];
    const logs = (p: number[]): number[] => p.map((x) => Math.log(x) + 3);
    const forward = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    const reverse = 0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(2);
    expect(klDivergenceForward(logs(b), logs(m), [1], 2).loss).toBeCloseTo(forward, 14);
    expect(klDivergenceForward(logs(b), logs(m), [1], 2, 'reverse').loss).toBeCloseTo(reverse, 14);
  });

  it('is zero with zero gradient for equal distributions', () => {
    const shifted = base.map((x) => x + 4);
    expect(klDivergenceForward(base, shifted, weights, 9).loss).toBeCloseTo(0, 12);
    expect(Math.max(...klDivergenceBackward(base, shifted, weights, 9).map(Math.abs))).toBeLessThan(1e-14);
  });

  it.each(['forward', 'reverse'] as const)('has the gradient of finite differences, %s', (direction) => {
    const f = (): number => 3 * klDivergenceForward(base, logits, weights, 9, direction).loss;
    assertGradient('dlogits', f, logits, klDivergenceBackward(base, logits, weights, 9, direction, 3));
  });
});
