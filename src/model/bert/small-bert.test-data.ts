import type { BertArchitecture } from '../../config/bert';

/** A small encoder of odd sizes. */
export const SMALL_BERT: BertArchitecture = {
  model_type: 'bert',
  vocab_size: 61,
  hidden_size: 36,
  intermediate_size: 65,
  num_hidden_layers: 3,
  num_attention_heads: 3,
  head_dim: 12,
  max_position_embeddings: 70,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
};
