import type { PartialSession } from '../../src/config/session';

/** A small world and a short stage 2, for a scripted worker to play: 102 steps. */
export const SMALL_SESSION: PartialSession = {
  task: { entities: 32, relations: 4, topics: 8, max_depth: 2 },
  pretrain: { steps: 30 },
  sft: { mode: 'both', steps: 60 },
  grpo: { steps: 12, depth_weights: [1, 2] },
  evaluation: { every: 10 },
};
