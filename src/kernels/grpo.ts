import source from '../../shaders/loss/grpo.wgsl';
import logprobSource from '../../shaders/loss/token_logprob.wgsl';
import type { View } from '../gpu/gpu';
import { f32, grid, type Recorder } from '../gpu/recorder';
import type { TokenLossShape } from './cross-entropy';
import { rowWords, type KernelContext } from './rows';

/** 32-bit words of one sampled token in the `tokens` buffer: label, weight, advantage, old and reference log-probability. */
export const GRPO_TOKEN_WORDS = 5;

export interface GrpoSettings {
  temperature: number;
  clip_low: number;
  clip_high: number;
  beta: number;
}

/** logits (S, V) become dlogits in place; terms (S, 4) = weight · (objective, k3, clipped low, clipped high); logprobs (S, 2) = (logprob, weight · entropy). */
export function grpoLoss(
  recorder: Recorder,
  { counts }: KernelContext,
  s: TokenLossShape,
  t: GrpoSettings & { tokens: View; logits: View; terms: View; logprobs: View },
): void {
  const kernel = recorder.gpu.kernel('grpo', source);
  recorder.dispatch(
    kernel,
    [...rowWords(s.rows), s.vocabulary, f32(1 / t.temperature), f32(t.clip_low), f32(t.clip_high), f32(t.beta)],
    [counts, t.tokens, t.logits, t.terms, t.logprobs],
    grid(s.rows.limit, 1),
  );
}

/** logprobs (S) and entropies (S) of labels (S) under softmax(logits / temperature); logits are left alone. */
export function tokenLogprob(
  recorder: Recorder,
  { counts }: KernelContext,
  s: TokenLossShape,
  t: { temperature: number; labels: View; logits: View; logprobs: View; entropies: View },
): void {
  const kernel = recorder.gpu.kernel('token_logprob', logprobSource);
  recorder.dispatch(
    kernel,
    [...rowWords(s.rows), s.vocabulary, f32(1 / t.temperature)],
    [counts, t.labels, t.logits, t.logprobs, t.entropies],
    grid(s.rows.limit, 1),
  );
}
