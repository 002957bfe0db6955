/** Small enough for seconds on a CPU adapter: stages 1 and 2, with a checkpoint every few steps. */
export const killed = {
  seed: 5,
  task: { entities: 8, relations: 3, topics: 3, max_depth: 2, traces_per_depth: 20 },
  model: {
    hidden_size: 16,
    intermediate_size: 36,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
  },
  pretrain: { steps: 0 },
  sft: { steps: 24, batch_size: 8, topics_per_batch: 2, mode: 'both', replay_batch_size: 4, warmup_steps: 2 },
  grpo: {
    steps: 12,
    batch_size: 4,
    num_generations: 3,
    max_completion_length: 8,
    depth_weights: [1, 2],
    replay_batch_size: 4,
    gate: false,
  },
  evaluation: { every: 12, queries_per_depth: 4, final_queries_per_depth: 8, bootstrap: 20 },
  checkpoint: { every: 6 },
};
