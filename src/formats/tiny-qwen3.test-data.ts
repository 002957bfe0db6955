import type { Architecture } from '../config/architecture';

/** Odd sizes, q and k norms, grouped heads and an untied head: what a reader of checkpoints may mix up. */
export const tinyQwen3: Architecture = {
  model_type: 'qwen3',
  vocab_size: 7,
  hidden_size: 8,
  intermediate_size: 12,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 6,
  max_position_embeddings: 32,
  rms_norm_eps: 1e-5,
  rope_theta: 5000,
  tie_word_embeddings: false,
  attention_bias: false,
};
