import { checkLength, type Vector } from '../reference/arrays';

export interface GrpoSettings {
  /** The ratio is clipped to [1 − clip_low, 1 + clip_high]. */
  clip_low: number;
  clip_high: number;
  /** Weight of the KL to the reference. */
  beta: number;
  /** Tokens the loss is divided by: S by default, that of the whole batch where S is a part of it. */
  tokens?: number;
}

/** One value per sampled token (S), all of the same tokens. */
export interface GrpoTokens {
  logprobs: Vector;
  old_logprobs: Vector;
  ref_logprobs: Vector;
  advantage: Vector;
}

export interface GrpoResult {
  /** Each token's loss before the division (S). */
  rows: Float64Array;
  loss: number;
  /** Mean of the k3 estimator, exp(ref − lp) − (ref − lp) − 1. */
  kl: number;
  /** Shares of the tokens whose ratio was held from below (A < 0), from above (A > 0), and both together. */
  clip_ratio_low: number;
  clip_ratio_high: number;
  clip_ratio: number;
}

/**
 * rowᵢ = −min(r · A, clip(r) · A) + beta · k3 with r = exp(logprob − old_logprob); loss = Σ rowᵢ / tokens. The clip
 * takes effect where it changes the minimum: r < 1 − clip_low with A < 0, r > 1 + clip_high with A > 0.
 */
export function grpoForward(tokens: GrpoTokens, settings: GrpoSettings): GrpoResult {
  const count = checkTokens(tokens);
  const total = settings.tokens ?? count;
  const rows = new Float64Array(count);
  const sums = { loss: 0, kl: 0, low: 0, high: 0 };
  for (let i = 0; i < count; i++) {
    const { ratio, advantage, side, gap } = tokenOf(tokens, settings, i);
    const clipped = Math.min(Math.max(ratio, 1 - settings.clip_low), 1 + settings.clip_high);
    const k3 = Math.exp(gap) - gap - 1;
    rows[i] = -Math.min(ratio * advantage, clipped * advantage) + settings.beta * k3;
    sums.loss += rows[i]! / total;
    sums.kl += k3 / total;
    if (side === 'low') sums.low += 1 / total;
    if (side === 'high') sums.high += 1 / total;
  }
  return {
    rows,
    loss: sums.loss,
    kl: sums.kl,
    clip_ratio_low: sums.low,
    clip_ratio_high: sums.high,
    clip_ratio: sums.low + sums.high,
  };
}

/** → dlogprobs (S) = (−r · A where the clip takes no effect, else 0, + beta · (1 − exp(ref − lp))) / tokens. */
export function grpoBackward(tokens: GrpoTokens, settings: GrpoSettings, scale = 1): Float64Array {
  const count = checkTokens(tokens);
  const total = settings.tokens ?? count;
  const dlogprobs = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const { ratio, advantage, side, gap } = tokenOf(tokens, settings, i);
    const policy = side === 'none' ? -ratio * advantage : 0;
    dlogprobs[i] = (scale * (policy + settings.beta * (1 - Math.exp(gap)))) / total;
  }
  return dlogprobs;
}

/** reward (N) in consecutive groups → advantage (N) = reward − group mean. */
export function groupAdvantage(reward: Vector, groupSize: number): Float64Array {
  checkLength('reward', reward, Math.ceil(reward.length / groupSize) * groupSize);
  const advantage = Float64Array.from(reward);
  for (let start = 0; start < reward.length; start += groupSize) {
    let mean = 0;
    for (let i = 0; i < groupSize; i++) mean += reward[start + i]! / groupSize;
    for (let i = 0; i < groupSize; i++) advantage[start + i]! -= mean;
  }
  return advantage;
}

function checkTokens(tokens: GrpoTokens): number {
  const count = tokens.logprobs.length;
  checkLength('old_logprobs', tokens.old_logprobs, count);
  checkLength('ref_logprobs', tokens.ref_logprobs, count);
  checkLength('advantage', tokens.advantage, count);
  return count;
}

interface Token {
  ratio: number;
  advantage: number;
  side: 'none' | 'low' | 'high';
  /** ref − lp. */
  gap: number;
}

function tokenOf(tokens: GrpoTokens, settings: GrpoSettings, i: number): Token {
  const ratio = Math.exp(tokens.logprobs[i]! - tokens.old_logprobs[i]!);
  const advantage = tokens.advantage[i]!;
  const low = ratio < 1 - settings.clip_low && advantage < 0;
  const high = ratio > 1 + settings.clip_high && advantage > 0;
  return {
    ratio,
    advantage,
    side: low ? 'low' : high ? 'high' : 'none',
    gap: tokens.ref_logprobs[i]! - tokens.logprobs[i]!,
  };
}
