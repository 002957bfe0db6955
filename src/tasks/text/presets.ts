import type { Preset } from '../definition';

/** One's own documents alone, by a model that is born of them. */
export const TEXT_PRESETS: readonly Preset[] = [
  {
    name: 'text',
    title: 'Your own documents',
    summary: 'A vocabulary and a small model learnt from your documents alone: titles and crops find their texts.',
    overrides: {
      task: { name: 'text', vocabulary: 3072 },
      model: {
        hidden_size: 128,
        intermediate_size: 256,
        num_hidden_layers: 1,
        max_position_embeddings: 128,
        // Attention then begins as a mean over all words, from which informative words soon stand out.
        initializer_range: 0.02,
      },
      // Learning to predict texts first makes the embedding slower to learn, not faster.
      pretrain: { steps: 0 },
      sft: {
        mode: 'both',
        steps: 300,
        batch_size: 48,
        learning_rate: 1e-3,
        // Other documents of the batch are often about the same: at 0.05 they are pushed away too hard.
        temperature: 0.2,
        hard_negatives: 0,
        weight_sft: 0.5,
        replay_weight: 0,
      },
      grpo: { depth_weights: [1] },
      evaluation: { every: 100, queries_per_depth: 64, final_queries_per_depth: 128 },
    },
  },
];
