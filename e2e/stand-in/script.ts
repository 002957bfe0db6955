import type { SessionCost } from '../../src/host/browser/api';
import type { Session } from '../../src/config/session';
import { totalSteps, type StagePlan } from '../../src/config/stages';
import type { StageProfile } from '../../src/records/profile';
import type { ArmResult, StageName, StepMetrics } from '../../src/records/records';

/** The numbers of a scripted run: what it costs, and how well it does after each step. */

/** A number in [0, 1) from two others, always the same. */
export const noise = (a: number, b: number): number => {
  const x = Math.sin(a * 12.9898 + b * 78.233) * 43758.5453;
  return x - Math.floor(x);
};

export const stageOf = (stages: readonly StagePlan[], step: number) =>
  stages.findLast(({ firstStep }) => step >= firstStep)!;

export function metricsAt(stages: readonly StagePlan[], step: number): StepMetrics {
  const { stage, firstStep, steps } = stageOf(stages, step);
  const t = (step - firstStep) / steps;
  const jitter = (k: number) => 1 + 0.12 * (noise(step, k) - 0.5);
  const common = {
    grad_norm: (1.6 * Math.exp(-2 * t) + 0.3) * jitter(1),
    learning_rate: 4e-3 * Math.min(1, t * 15) * (1 - t),
    'time/tokens_per_second': 41_000 * jitter(2),
  };
  if (stage === 'pretrain') {
    const lm = (4.2 * Math.exp(-4 * t) + 0.9) * jitter(3);
    return { step, stage, loss: lm, 'loss/lm': lm, ...common };
  }
  if (stage === 'sft') {
    const sft = (1.9 * Math.exp(-6 * t) + 0.02) * jitter(4);
    const infonce = (3.1 * Math.exp(-4 * t) + 0.1) * jitter(5);
    const triplet = (0.3 * Math.exp(-5 * t) + 0.01) * jitter(6);
    const replay = 0.9 * jitter(7);
    const loss = sft + infonce + 0.2 * triplet + 0.3 * replay;
    return {
      step,
      stage,
      loss,
      'loss/sft': sft,
      'loss/infonce': infonce,
      'loss/triplet': triplet,
      'loss/replay': replay,
      ...common,
    };
  }
  return {
    step,
    stage,
    loss: 0.02 * jitter(8),
    reward: Math.min(1, (0.55 + 0.4 * t) * jitter(9)),
    reward_std: (0.3 - 0.15 * t) * jitter(10),
    kl: 0.02 * t * jitter(11),
    entropy: (0.9 - 0.5 * t) * jitter(12),
    frac_reward_zero_std: (0.2 + 0.3 * t) * jitter(13),
    'completions/mean_length': 7 - 2 * t,
    ...common,
  };
}

export function arm(ndcg: number, queries: number): ArmResult {
  const value = Math.max(0, Math.min(1, ndcg));
  const low = Math.max(0, value - 0.07);
  const high = Math.min(1, value + 0.07);
  const metrics = {
    ndcg_cut_10: value,
    recall_100: Math.min(1, value + 0.1),
    recip_rank_cut_10: value * 0.95,
    map: value * 0.93,
    success_1: value * 0.88,
  };
  return {
    ...metrics,
    ci95: { ndcg_cut_10: [low, high], success_1: [low * 0.88, high * 0.88] },
    by_depth: { 1: metrics, 2: { ...metrics, ndcg_cut_10: value * 0.8 } },
    queries,
  };
}

/** The skill of the scripted model: from 0 to almost 1 over stage 1. */
export function skillAt(stages: readonly StagePlan[], step: number): number {
  const sft = stages.find(({ stage }) => stage === 'sft');
  return sft ? Math.min(0.95, Math.max(0, (step - sft.firstStep) / sft.steps)) : 0;
}

export function armsAt(stages: readonly StagePlan[], step: number) {
  const sft = stages.find(({ stage }) => stage === 'sft');
  const t = sft ? Math.max(0, (step - sft.firstStep) / sft.steps) : 0;
  return { reasoning: arm(0.05 + 0.86 * (1 - Math.exp(-3 * t)), 64), direct: arm(0.05 + 0.1 * t, 64) };
}

/** The profile of a step that spends most of its time on products. */
export const profileOf = (stage: StageName): StageProfile => ({
  stage,
  milliseconds: 12.5,
  tokens: 900,
  dispatches: 41,
  kernels: [
    { kernel: 'matmul_tiled', dispatches: 27, flops: 320e6, bytes: 44e6, milliseconds: 8 },
    { kernel: 'rmsnorm_forward', dispatches: 5, flops: 1e6, bytes: 2e6, milliseconds: 0.5 },
    { kernel: 'gather_rows', dispatches: 9, flops: 0, bytes: 1e6, milliseconds: 0.25 },
  ],
  memory: [
    { owner: 'weights', bytes: 4_000_000 },
    { owner: 'gradients', bytes: 4_000_000 },
    { owner: 'cache', bytes: 250_000 },
  ],
});

export function costOf(session: Session): SessionCost {
  const { model, pretrain, sft, grpo } = session;
  const { hidden_size: d, intermediate_size: f, num_hidden_layers: layers } = model;
  const parameters = layers * (4 * d * d + 3 * d * f + 2 * d) + 200 * d;
  return {
    parameters,
    gpuBytes: parameters * 16 + 20_000_000,
    steps: totalSteps(session),
    taskHash: 'da7a'.repeat(16),
    tokensPerStep: { pretrain: pretrain.batch_size * 8, sft: sft.batch_size * 24, grpo: grpo.batch_size * 64 },
  };
}
