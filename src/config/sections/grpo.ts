import * as v from 'valibot';
import { flag, noted, option, real, whole, wholes } from '../../settings/leaves';
import { optimiser, factReplay } from './optimiser';

export const ADVANTAGES = ['group', 'gain'] as const;

/** Stage 2: the model's own reasoning, rewarded by what it finds. */
export const grpoSchema = v.strictObject({
  steps: noted(whole(0, 100_000, 0), {
    label: 'Steps',
    meaning: 'Updates by reward; 0 leaves stage 2 out.',
    source: 'choice',
    unit: 'steps',
    step: 50,
  }),
  batch_size: noted(whole(1, 512, 32), {
    label: 'Batch',
    meaning: 'Queries in each step.',
    source: 'prototype',
    unit: 'queries',
    geometric: true,
  }),
  num_generations: noted(whole(2, 64, 4, 'a group of 1 has no advantage'), {
    label: 'Group',
    meaning: 'Completions sampled for each query and compared with one another.',
    source: 'prototype',
    unit: 'per query',
  }),
  num_iterations: noted(whole(1, 8, 1), {
    label: 'Updates per sample',
    meaning: 'Optimiser steps taken on the same completions.',
    source: 'TRL',
  }),
  ...optimiser(5e-4, 'constant'),
  temperature: noted(real(0.01, 10, 1), {
    label: 'Sampling temperature',
    meaning: 'Divides the logits when sampling; 1 samples from the model as it is.',
    source: 'prototype',
  }),
  /** 0 turns the cut off. */
  top_k: noted(whole(0, 100_000, 0), {
    label: 'Top k',
    meaning: 'Sample among this many likeliest tokens; 0 among all.',
    source: 'TRL',
    unit: 'tokens',
  }),
  top_p: noted(real(0.01, 1, 1), {
    label: 'Top p',
    meaning: 'Sample among the likeliest tokens that hold this probability together.',
    source: 'TRL',
  }),
  max_completion_length: noted(whole(1, 256, 16), {
    label: 'Longest completion',
    meaning: 'A completion with no embed token by then is cut and gets no reward.',
    source: 'choice',
    unit: 'tokens',
  }),
  beta: noted(real(0, 10, 0.02), {
    label: 'KL weight β',
    meaning: 'Weight of the divergence from the model that stage 1 left.',
    source: 'prototype',
    step: 0.01,
  }),
  clip_low: noted(real(0, 1, 0.2), {
    label: 'Clip below',
    meaning: 'A token’s probability ratio is clipped at 1 minus this.',
    source: 'TRL',
  }),
  clip_high: noted(real(0, 10, 0.28), {
    label: 'Clip above',
    meaning: 'A token’s probability ratio is clipped at 1 plus this.',
    source: 'TRL',
    step: 0.02,
  }),
  advantage: noted(option(ADVANTAGES, 'group'), {
    label: 'Learn from',
    meaning:
      'Each completion against its group’s mean, or by gain: those alone that search better than the query at once.',
    source: 'paper',
  }),
  scale_rewards: noted(flag(false), {
    label: 'Divide by spread',
    meaning: 'Divide advantages by their group’s standard deviation.',
    source: 'choice',
  }),
  /** Off is the control: every other term of the update stays. */
  policy_gradient: noted(flag(true), {
    label: 'Policy gradient',
    meaning: 'Off is the control: replay, KL and the contrastive term go on, and nothing is learnt from rewards.',
    source: 'paper',
  }),
  reward_k: noted(whole(1, 1000, 10), {
    label: 'Reward cut-off',
    meaning: 'Ranks beyond this give no reward.',
    source: 'prototype',
    unit: 'documents',
  }),
  depth_weights: noted(wholes(0, 100, 6, [1, 2, 3, 4]), {
    label: 'Depth mix',
    meaning: 'How often each depth is drawn, from one hop up, as proportions.',
    source: 'prototype',
  }),
  ...factReplay,
  contrastive_weight: noted(real(0, 10, 0), {
    label: 'Contrastive weight',
    meaning: 'Weight of InfoNCE on each group’s best completion, to keep the embedding in step.',
    source: 'choice',
  }),
  contrastive_min_reward: noted(real(0, 1, 0.5), {
    label: 'Contrastive from reward',
    meaning: 'A group’s best completion counts for InfoNCE from this reward on.',
    source: 'prototype',
  }),
  gate: noted(flag(true), {
    label: 'Gate',
    meaning: 'Start stage 2 only if stage 1 writes right reasoning at least half the time.',
    source: 'prototype',
  }),
});
