import type { FieldNote } from '../settings/field-note';

const optimiser = (stage: string): Record<string, FieldNote> => ({
  [`${stage}.learning_rate`]: {
    label: 'Learning rate',
    meaning: 'Peak step size of AdamW, reached when the warm-up ends.',
    source: 'prototype',
    geometric: true,
  },
  [`${stage}.warmup_steps`]: {
    label: 'Warm-up',
    meaning: 'Steps over which the learning rate rises from zero to its peak.',
    source: 'prototype',
    unit: 'steps',
    step: 5,
  },
  [`${stage}.lr_scheduler_type`]: {
    label: 'Schedule',
    meaning: 'How the learning rate falls after the warm-up: to zero in a line or a cosine, or not at all.',
    source: stage === 'grpo' ? 'prototype' : 'Hugging Face',
  },
  [`${stage}.weight_decay`]: {
    label: 'Weight decay',
    meaning: 'Share of each weight that AdamW takes away per step, times the learning rate.',
    source: 'prototype',
    step: 0.01,
  },
  [`${stage}.decay_norms`]: {
    label: 'Decay norms',
    meaning:
      'Weight decay takes from norms and biases as from matrices; off, it leaves them, as Hugging Face and TRL do.',
    source: 'prototype',
  },
  [`${stage}.adam_beta1`]: {
    label: 'Adam β1',
    meaning: 'How much of the mean gradient is kept from step to step.',
    source: 'Hugging Face',
    step: 0.01,
  },
  [`${stage}.adam_beta2`]: {
    label: 'Adam β2',
    meaning: 'How much of the mean squared gradient is kept from step to step.',
    source: 'prototype',
    step: 0.01,
  },
  [`${stage}.max_grad_norm`]: {
    label: 'Gradient clip',
    meaning: 'Gradients with a larger global norm are scaled down to it; 0 clips none.',
    source: 'prototype',
    step: 0.5,
  },
});

const replay = (stage: string): Record<string, FieldNote> => ({
  [`${stage}.replay_weight`]: {
    label: 'Replay weight',
    meaning: 'Weight of the loss on replayed facts, which keeps them from being forgotten.',
    source: 'prototype',
  },
  [`${stage}.replay_batch_size`]: {
    label: 'Replay batch',
    meaning: 'Fact sentences replayed in each step.',
    source: 'choice',
    unit: 'sentences',
    step: 8,
  },
});

/** Notes on the settings of the three stages, by path. */
export const STAGE_NOTES: Readonly<Record<string, FieldNote>> = {
  'pretrain.steps': {
    label: 'Steps',
    meaning: 'Updates of next-token training on facts, glossary and documents.',
    source: 'prototype',
    unit: 'steps',
    step: 50,
  },
  'pretrain.batch_size': {
    label: 'Batch',
    meaning: 'Sentences in each step.',
    source: 'prototype',
    unit: 'sentences',
    geometric: true,
  },
  ...optimiser('pretrain'),

  'sft.steps': {
    label: 'Steps',
    meaning: 'Updates that teach the model to write its reasoning and to embed.',
    source: 'prototype',
    unit: 'steps',
    step: 50,
  },
  'sft.batch_size': {
    label: 'Batch',
    meaning: 'Queries in each step, each with its document.',
    source: 'prototype',
    unit: 'queries',
    geometric: true,
  },
  'sft.topics_per_batch': {
    label: 'Topics in a batch',
    meaning: 'Too few and the topic is ignored; too many and the entity is.',
    source: 'prototype',
  },
  'sft.mode': {
    label: 'Before the embed token',
    meaning: 'Written reasoning, nothing, or as many meaningless words.',
    source: 'paper',
  },
  'sft.curriculum': {
    label: 'Curriculum',
    meaning: 'Begin with one hop and add the deeper ones by thirds of the steps.',
    source: 'prototype',
  },
  'sft.hard_negatives': {
    label: 'Hard negatives',
    meaning: 'Close but wrong documents added for each query.',
    source: 'choice',
    unit: 'per query',
  },
  'sft.weight_sft': {
    label: 'Weight of the answer',
    meaning: 'Weight of the cross-entropy on the reasoning and the embed token.',
    source: 'prototype',
  },
  'sft.weight_kl': {
    label: 'Weight of KL',
    meaning: 'Weight of the divergence from the model that stage 0 left.',
    source: 'choice',
  },
  'sft.weight_infonce': {
    label: 'Weight of InfoNCE',
    meaning: 'Weight of telling the right document from the rest of the batch.',
    source: 'prototype',
  },
  'sft.weight_triplet': {
    label: 'Weight of triplet',
    meaning: 'Weight of keeping hard negatives a margin away.',
    source: 'prototype',
  },
  'sft.temperature': {
    label: 'InfoNCE temperature',
    meaning: 'Divides the cosines before the softmax; small sharpens.',
    source: 'prototype',
    geometric: true,
  },
  'sft.margin': {
    label: 'Triplet margin',
    meaning: 'How much closer than the hard negative the right document must be, as a cosine.',
    source: 'prototype',
  },
  'sft.teacher.sha256': {
    label: 'Teacher',
    meaning: 'SHA-256 of the small embedder whose scores over the documents are distilled into the model.',
    source: 'choice',
  },
  'sft.teacher.name': {
    label: 'Teacher, name',
    meaning: 'What it is called; the hash alone decides whether an embedder is the one.',
    source: 'choice',
  },
  'sft.teacher.from': {
    label: 'Teacher, source',
    meaning: 'Where its bytes came from, for whoever does not have them.',
    source: 'choice',
  },
  'sft.weight_distil': {
    label: 'Weight of the teacher',
    meaning: 'Weight of ranking the documents of a batch as the teacher does; 0 without one.',
    source: 'choice',
  },
  'sft.teacher_temperature': {
    label: 'Teacher’s temperature',
    meaning: 'Divides the teacher’s cosines before the softmax; small makes it sure of its first.',
    source: 'choice',
    geometric: true,
  },
  ...replay('sft'),
  ...optimiser('sft'),

  'grpo.steps': {
    label: 'Steps',
    meaning: 'Updates by reward; 0 leaves stage 2 out.',
    source: 'choice',
    unit: 'steps',
    step: 50,
  },
  'grpo.batch_size': {
    label: 'Batch',
    meaning: 'Queries in each step.',
    source: 'prototype',
    unit: 'queries',
    geometric: true,
  },
  'grpo.num_generations': {
    label: 'Group',
    meaning: 'Completions sampled for each query and compared with one another.',
    source: 'prototype',
    unit: 'per query',
  },
  'grpo.num_iterations': {
    label: 'Updates per sample',
    meaning: 'Optimiser steps taken on the same completions.',
    source: 'TRL',
  },
  ...optimiser('grpo'),
  'grpo.temperature': {
    label: 'Sampling temperature',
    meaning: 'Divides the logits when sampling; 1 samples from the model as it is.',
    source: 'prototype',
  },
  'grpo.top_k': {
    label: 'Top k',
    meaning: 'Sample among this many likeliest tokens; 0 among all.',
    source: 'TRL',
    unit: 'tokens',
  },
  'grpo.top_p': {
    label: 'Top p',
    meaning: 'Sample among the likeliest tokens that hold this probability together.',
    source: 'TRL',
  },
  'grpo.max_completion_length': {
    label: 'Longest completion',
    meaning: 'A completion with no embed token by then is cut and gets no reward.',
    source: 'choice',
    unit: 'tokens',
  },
  'grpo.beta': {
    label: 'KL weight β',
    meaning: 'Weight of the divergence from the model that stage 1 left.',
    source: 'prototype',
    step: 0.01,
  },
  'grpo.clip_low': {
    label: 'Clip below',
    meaning: 'A token’s probability ratio is clipped at 1 minus this.',
    source: 'TRL',
  },
  'grpo.clip_high': {
    label: 'Clip above',
    meaning: 'A token’s probability ratio is clipped at 1 plus this.',
    source: 'TRL',
    step: 0.02,
  },
  'grpo.scale_rewards': {
    label: 'Divide by spread',
    meaning: 'Divide advantages by their group’s standard deviation.',
    source: 'choice',
  },
  'grpo.reward_k': {
    label: 'Reward cut-off',
    meaning: 'Ranks beyond this give no reward.',
    source: 'prototype',
    unit: 'documents',
  },
  'grpo.depth_weights': {
    label: 'Depth mix',
    meaning: 'How often each depth is drawn, from one hop up, as proportions.',
    source: 'prototype',
  },
  ...replay('grpo'),
  'grpo.contrastive_weight': {
    label: 'Contrastive weight',
    meaning: 'Weight of InfoNCE on each group’s best completion, to keep the embedding in step.',
    source: 'choice',
  },
  'grpo.contrastive_min_reward': {
    label: 'Contrastive from reward',
    meaning: 'A group’s best completion counts for InfoNCE from this reward on.',
    source: 'prototype',
  },
  'grpo.policy_gradient': {
    label: 'Policy gradient',
    meaning: 'Off is the control: replay, KL and the contrastive term go on, and nothing is learnt from rewards.',
    source: 'paper',
  },
  'grpo.gate': {
    label: 'Gate',
    meaning: 'Start stage 2 only if stage 1 writes right reasoning at least half the time.',
    source: 'prototype',
  },
};
