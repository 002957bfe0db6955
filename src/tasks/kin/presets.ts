import type { Preset } from '../definition';

/** The page opens with the first. */
export const KIN_PRESETS: readonly Preset[] = [
  {
    name: 'kin-quick',
    title: 'Kin, quick',
    summary: 'A small world of 32 entities and up to two hops, learned in a minute or two.',
    overrides: {
      task: { entities: 32, relations: 4, topics: 8, max_depth: 2 },
      model: { hidden_size: 48, intermediate_size: 128, num_hidden_layers: 2 },
      pretrain: { steps: 180, batch_size: 64, warmup_steps: 10 },
      // Both ways at once, so that one run shows what reasoning adds to the same model.
      sft: { mode: 'both', steps: 300, batch_size: 32, learning_rate: 4e-3, warmup_steps: 10 },
      grpo: { batch_size: 16, max_completion_length: 8, depth_weights: [1, 2] },
      evaluation: { every: 30, queries_per_depth: 32, final_queries_per_depth: 64 },
      checkpoint: { every: 60 },
    },
  },
  {
    name: 'kin',
    title: 'Kin',
    summary: 'Up to four hops over 64 entities: reasoning finds what a direct embedding cannot.',
    overrides: {},
  },
  {
    name: 'kin-rl',
    title: 'Kin, with reinforcement',
    summary: 'Kin, then 400 updates of GRPO: the model learns from where its own reasoning leads the search.',
    // Stage 1 stops early, so that there is something left to learn; half as many queries an update learn half as much.
    overrides: { sft: { steps: 480 }, grpo: { steps: 400, batch_size: 64 } },
  },
  {
    name: 'kin-stress',
    title: 'Kin, fast drift',
    summary: 'A corpus of 6,144 documents whose embeddings move fast: here the refresh policies part ways.',
    overrides: {
      task: { topics: 96 },
      sft: { steps: 800 },
      grpo: {
        steps: 60,
        batch_size: 16,
        num_generations: 8,
        // Drift, not learning, is what it is for: several updates a rollout move the embeddings, KL keeps the traces.
        num_iterations: 4,
        learning_rate: 1.8e-3,
        beta: 0.3,
        policy_gradient: false,
        contrastive_weight: 1,
        gate: false,
      },
      environment: { audit_every: 10 },
    },
  },
  {
    name: 'kin-direct',
    title: 'Kin, direct',
    summary: 'A control: the same model trained to embed at once, with a curriculum and more steps.',
    overrides: { sft: { mode: 'direct', curriculum: true, steps: 1600 } },
  },
  {
    name: 'kin-filler',
    title: 'Kin, filler',
    summary: 'A control: as many words before the embed token as the reasoning has, and none that means anything.',
    overrides: { sft: { mode: 'filler', curriculum: true, steps: 1600 } },
  },
];
