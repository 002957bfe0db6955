import { flag, noted, option, real, whole } from '../../settings/leaves';

const SCHEDULERS = ['linear', 'cosine', 'constant'] as const;

/** AdamW and its schedule; spread flat into each stage. */
export const optimiser = (learning_rate: number, scheduler: (typeof SCHEDULERS)[number]) => ({
  learning_rate: noted(real(0, 1, learning_rate), {
    label: 'Learning rate',
    meaning: 'Peak step size of AdamW, reached when the warm-up ends.',
    source: 'prototype',
    geometric: true,
  }),
  /** Longer than the stage is allowed: then the stage is all warm-up. */
  warmup_steps: noted(whole(0, 100_000, 20), {
    label: 'Warm-up',
    meaning: 'Steps over which the learning rate rises from zero to its peak.',
    source: 'prototype',
    unit: 'steps',
    step: 5,
  }),
  lr_scheduler_type: noted(option(SCHEDULERS, scheduler), {
    label: 'Schedule',
    meaning: 'How the learning rate falls after the warm-up: to zero in a line or a cosine, or not at all.',
    source: scheduler === 'constant' ? 'prototype' : 'Hugging Face',
  }),
  weight_decay: noted(real(0, 1, 0), {
    label: 'Weight decay',
    meaning: 'Share of each weight that AdamW takes away per step, times the learning rate.',
    source: 'prototype',
    step: 0.01,
  }),
  /** Whether weight decay covers vectors (norms and biases) too. transformers and TRL leave them out. */
  decay_norms: noted(flag(true), {
    label: 'Decay norms',
    meaning:
      'Weight decay takes from norms and biases as from matrices; off, it leaves them, as Hugging Face and TRL do.',
    source: 'prototype',
  }),
  adam_beta1: noted(real(0, 0.9999, 0.9), {
    label: 'Adam β1',
    meaning: 'How much of the mean gradient is kept from step to step.',
    source: 'Hugging Face',
    step: 0.01,
  }),
  adam_beta2: noted(real(0, 0.99999, 0.98), {
    label: 'Adam β2',
    meaning: 'How much of the mean squared gradient is kept from step to step.',
    source: 'prototype',
    step: 0.01,
  }),
  /** 0 turns clipping off. */
  max_grad_norm: noted(real(0, 1000, 1), {
    label: 'Gradient clip',
    meaning: 'Gradients with a larger global norm are scaled down to it; 0 clips none.',
    source: 'prototype',
    step: 0.5,
  }),
});

/** Fact sentences replayed beside stage 1 and 2, so that the facts are not forgotten. */
export const factReplay = {
  replay_weight: noted(real(0, 10, 0.3), {
    label: 'Replay weight',
    meaning: 'Weight of the loss on replayed facts, which keeps them from being forgotten.',
    source: 'prototype',
  }),
  replay_batch_size: noted(whole(1, 1024, 32), {
    label: 'Replay batch',
    meaning: 'Fact sentences replayed in each step.',
    source: 'choice',
    unit: 'sentences',
    step: 8,
  }),
};
