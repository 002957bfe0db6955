import { ALL_TRACES } from '../atlas/settings';
import type { Overrides, Preset } from '../definition';

/** Settings that all sessions of atlas-walk share, measured (docs/atlas.md). */
const walk = {
  task: { name: 'atlas-walk', traces_per_depth: ALL_TRACES },
  pretrain: { steps: 150 },
  evaluation: { every: 200, queries_per_depth: 64, final_queries_per_depth: 256 },
} satisfies Overrides;
const walkStage2 = { depth_weights: [1, 2, 3], max_completion_length: 14 };

/** The presets of atlas-walk: with stage 2, and the control. */
export const WALK_PRESETS: readonly Preset[] = [
  {
    name: 'atlas-walk',
    title: 'Atlas, walks',
    summary: 'Walks over borders, trained up to three steps and tested up to five: accuracy against depth.',
    overrides: { ...walk, sft: { steps: 400 }, grpo: walkStage2 },
  },
  {
    name: 'atlas-walk-rl',
    title: 'Atlas, walks, with reinforcement',
    summary: 'The same from 200 written traces of two and of three steps, then GRPO on all 1,427 walks of training.',
    overrides: {
      ...walk,
      task: { ...walk.task, traces_per_depth: 200 },
      sft: { steps: 1500 },
      grpo: { ...walkStage2, steps: 200, batch_size: 64 },
    },
  },
  {
    name: 'atlas-walk-direct',
    title: 'Atlas, walks, direct',
    summary: 'A control: trained to embed at once where the walk ends.',
    overrides: { ...walk, sft: { mode: 'direct', curriculum: true, steps: 560 }, grpo: walkStage2 },
  },
];
