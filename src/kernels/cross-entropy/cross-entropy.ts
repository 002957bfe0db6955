import shader from '../../../shaders/loss/cross_entropy.wgsl';
import klShader from '../../../shaders/loss/cross_entropy_kl.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

export interface TokenLossShape {
  rows: Rows;
  vocabulary: number;
}

/** logits (S, V) become dlogits in place; losses (S) = weight · cross-entropy. */
export function crossEntropy(
  recorder: Recorder,
  { counts }: KernelContext,
  s: TokenLossShape,
  t: { labels: View; weights: View; logits: View; losses: View },
): void {
  recorder.call(shader, {
    uniforms: s,
    bindings: { counts, labels: t.labels, weights: t.weights, logits: t.logits, losses: t.losses },
    groups: grid(s.rows.limit, 1),
    work: ({ live }) => {
      const rows = live(s.rows);
      return { flops: 9 * rows * s.vocabulary, bytes: 4 * rows * (2 * s.vocabulary + 3) };
    },
  });
}

/**
 * The same with KL(base ‖ model): weights (S, 2) are (cross-entropy, KL); `klScale` multiplies the divergence's gradient
 * alone, so divergences (S) sum to the unweighted mean.
 */
export function crossEntropyKl(
  recorder: Recorder,
  { counts }: KernelContext,
  s: TokenLossShape,
  t: { klScale: number; labels: View; weights: View; baseLogits: View; logits: View; losses: View; divergences: View },
): void {
  const { labels, weights, baseLogits, logits, losses, divergences } = t;
  recorder.call(klShader, {
    uniforms: { ...s, kl_scale: t.klScale },
    bindings: { counts, labels, weights, base_logits: baseLogits, logits, losses, divergences },
    groups: grid(s.rows.limit, 1),
    work: ({ live }) => {
      const rows = live(s.rows);
      return { flops: 25 * rows * s.vocabulary, bytes: 4 * rows * (3 * s.vocabulary + 5) };
    },
  });
}
