import type { PartialSession } from './session';

/** A session of all three stages that takes seconds on a CPU adapter: the model learns little, but everything happens. */
const BASE = {
  seed: 5,
  task: { entities: 8, relations: 3, topics: 3, max_depth: 2, traces_per_depth: 20 },
  model: {
    hidden_size: 16,
    intermediate_size: 36,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
  },
  pretrain: { steps: 3, batch_size: 16, warmup_steps: 2 },
  sft: { steps: 3, batch_size: 8, topics_per_batch: 2, mode: 'both', replay_batch_size: 4, warmup_steps: 2 },
  grpo: {
    steps: 2,
    batch_size: 4,
    num_generations: 3,
    max_completion_length: 8,
    depth_weights: [1, 2],
    replay_batch_size: 4,
    gate: false,
  },
  evaluation: { every: 0, queries_per_depth: 4, final_queries_per_depth: 8, bootstrap: 20 },
  checkpoint: { every: 0 },
} satisfies PartialSession;

/** @param overrides settings of the base that a test wants otherwise, section by section. */
export function secondsSession(overrides: PartialSession = {}) {
  return {
    ...BASE,
    ...overrides,
    task: { ...BASE.task, ...overrides.task },
    model: { ...BASE.model, ...overrides.model },
    pretrain: { ...BASE.pretrain, ...overrides.pretrain },
    sft: { ...BASE.sft, ...overrides.sft },
    grpo: { ...BASE.grpo, ...overrides.grpo },
    evaluation: { ...BASE.evaluation, ...overrides.evaluation },
    checkpoint: { ...BASE.checkpoint, ...overrides.checkpoint },
  } satisfies PartialSession;
}

/** All stages with a checkpoint every few steps. */
export const EVERY_STAGE = secondsSession({
  pretrain: { steps: 12 },
  sft: { steps: 24 },
  grpo: { steps: 12 },
  evaluation: { every: 12 },
  checkpoint: { every: 6 },
});

/** The same without stage 0, for tests that kill runs and for comparing adapters. */
export const INTERRUPTED = { ...EVERY_STAGE, pretrain: { ...EVERY_STAGE.pretrain, steps: 0 } };
