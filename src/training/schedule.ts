import type { Session } from '../config/session';
import type { AdamWSettings } from '../kernels/adamw/adamw';

/** AdamW and its schedule, as every stage of a session has them. */
export type OptimiserSettings = Pick<
  Session['sft'],
  | 'steps'
  | 'learning_rate'
  | 'warmup_steps'
  | 'lr_scheduler_type'
  | 'weight_decay'
  | 'decay_norms'
  | 'adam_beta1'
  | 'adam_beta2'
  | 'max_grad_norm'
>;

/**
 * The learning rate of step t (from 1) of a stage: linear warm-up, then constant, or falling to 0 at the end linearly or
 * along a cosine. The first step already moves: warm-up is t / warmup_steps, a step ahead of transformers' schedulers.
 */
export function learningRate(s: OptimiserSettings, t: number): number {
  if (t <= s.warmup_steps) return (s.learning_rate * t) / s.warmup_steps;
  const progress = (t - s.warmup_steps - 1) / Math.max(1, s.steps - s.warmup_steps);
  if (s.lr_scheduler_type === 'linear') return s.learning_rate * (1 - progress);
  if (s.lr_scheduler_type === 'cosine') return s.learning_rate * 0.5 * (1 + Math.cos(Math.PI * progress));
  return s.learning_rate;
}

export const adamwSettings = (s: OptimiserSettings): AdamWSettings => ({
  beta1: s.adam_beta1,
  beta2: s.adam_beta2,
  eps: 1e-8,
  weightDecay: s.weight_decay,
  decayNorms: s.decay_norms,
  maxNorm: s.max_grad_norm === 0 ? Infinity : s.max_grad_norm,
});
