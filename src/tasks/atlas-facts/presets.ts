import { ALL_TRACES } from '../atlas/settings';
import type { Overrides, Preset } from '../definition';

/** Settings that all sessions of atlas-facts share, measured (docs/atlas.md). */
const facts = {
  task: { name: 'atlas-facts', traces_per_depth: ALL_TRACES },
  pretrain: { steps: 450 },
  evaluation: { every: 200, queries_per_depth: 64, final_queries_per_depth: 600 },
} satisfies Overrides;
const factsStage2 = { depth_weights: [1, 2], max_completion_length: 12 };

/** The presets of atlas-facts: with stage 2, and the controls. */
export const FACTS_PRESETS: readonly Preset[] = [
  {
    name: 'atlas-facts',
    title: 'Atlas, facts',
    summary:
      'Real countries: which money a city’s country has, and what lies north of it, across countries never composed.',
    overrides: { ...facts, sft: { steps: 600 }, grpo: factsStage2 },
  },
  {
    name: 'atlas-facts-rl',
    title: 'Atlas, facts, with reinforcement',
    summary: 'The same from 300 written traces, then GRPO on all 11,105 queries that training may compose.',
    overrides: {
      ...facts,
      task: { ...facts.task, traces_per_depth: 300 },
      sft: { steps: 2000 },
      grpo: { ...factsStage2, steps: 300, batch_size: 64 },
    },
  },
  {
    name: 'atlas-facts-direct',
    title: 'Atlas, facts, direct',
    summary: 'A control: trained to embed at once, for as long on the clock as the one that reasons.',
    overrides: { ...facts, sft: { mode: 'direct', curriculum: true, steps: 1250 }, grpo: factsStage2 },
  },
  {
    name: 'atlas-facts-filler',
    title: 'Atlas, facts, filler',
    summary: 'A control: as many words before the embed token as the reasoning has, and none that means anything.',
    overrides: { ...facts, sft: { mode: 'filler', curriculum: true, steps: 600 }, grpo: factsStage2 },
  },
];
