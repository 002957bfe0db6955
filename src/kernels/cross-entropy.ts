import source from '../../shaders/loss/cross_entropy.wgsl';
import klSource from '../../shaders/loss/cross_entropy_kl.wgsl';
import type { View } from '../gpu/gpu';
import { f32, grid, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

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
  const kernel = recorder.gpu.kernel('cross_entropy', source);
  const words = [...rowWords(s.rows), s.vocabulary];
  recorder.dispatch(kernel, words, [counts, t.labels, t.weights, t.logits, t.losses], grid(s.rows.limit, 1));
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
  const kernel = recorder.gpu.kernel('cross_entropy_kl', klSource);
  recorder.dispatch(
    kernel,
    [...rowWords(s.rows), s.vocabulary, f32(t.klScale)],
    [counts, t.labels, t.weights, t.baseLogits, t.logits, t.losses, t.divergences],
    grid(s.rows.limit, 1),
  );
}
