import grpoShader from '../../../shaders/loss/grpo.wgsl';
import logprobShader from '../../../shaders/loss/token_logprob.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import type { TokenLossShape } from '../cross-entropy/cross-entropy';
import { type KernelContext } from '../rows';

/** 32-bit words of one sampled token in the `tokens` buffer: label, weight, advantage, old and reference log-probability. */
export const GRPO_TOKEN_WORDS = grpoShader.structs.Token.size / 4;

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
  const { clip_low, clip_high, beta, tokens, logits, terms, logprobs } = t;
  recorder.call(grpoShader, {
    uniforms: { ...s, inverse_temperature: 1 / t.temperature, clip_low, clip_high, beta },
    bindings: { counts, tokens, logits, terms, logprobs },
    groups: grid(s.rows.limit, 1),
    work: ({ live }) => {
      const rows = live(s.rows);
      return { flops: 13 * rows * s.vocabulary, bytes: 4 * rows * (2 * s.vocabulary + GRPO_TOKEN_WORDS + 6) };
    },
  });
}

/** logprobs (S) and entropies (S) of labels (S) under softmax(logits / temperature); logits are left alone. */
export function tokenLogprob(
  recorder: Recorder,
  { counts }: KernelContext,
  s: TokenLossShape,
  t: { temperature: number; labels: View; logits: View; logprobs: View; entropies: View },
): void {
  const { labels, logits, logprobs, entropies } = t;
  recorder.call(logprobShader, {
    uniforms: { ...s, inverse_temperature: 1 / t.temperature },
    bindings: { counts, labels, logits, logprobs, entropies },
    groups: grid(s.rows.limit, 1),
    work: ({ live }) => {
      const rows = live(s.rows);
      return { flops: 11 * rows * s.vocabulary, bytes: 4 * rows * (s.vocabulary + 3) };
    },
  });
}
