import type { Architecture } from '../config/architecture';
import type { Capacity } from '../records/device';
import { TensorTable } from '../tensors/table';
import { trainingBytes } from './cost';

/** Size of the vocabulary that is learnt from a user's own documents. */
const VOCABULARY = 8192;
const HEAD = 64;
const LARGEST = 4096;

/** The usual proportions of a decoder as wide as `hidden`: a layer for every 64 channels, at least two. */
const decoder = (hidden: number): Architecture => ({
  model_type: 'llama',
  vocab_size: VOCABULARY,
  hidden_size: hidden,
  intermediate_size: Math.ceil((8 * hidden) / 3 / 16) * 16,
  num_hidden_layers: Math.max(2, hidden / HEAD),
  num_attention_heads: hidden / HEAD,
  num_key_value_heads: hidden / HEAD,
  head_dim: HEAD,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
});

/**
 * The largest decoder of these proportions whose training fits in `bytes` at `tokens` tokens a step; null where the
 * smallest does not fit.
 */
export function capacity(bytes: number, tokens: number, activations: Capacity['activations']): Capacity | null {
  let found: Capacity | null = null;
  for (let hidden = HEAD; hidden <= LARGEST; hidden += HEAD) {
    const architecture = decoder(hidden);
    const needed = trainingBytes(architecture, tokens, activations);
    if (needed > bytes) break;
    const { parameters } = new TensorTable(architecture);
    found = {
      tokens,
      activations,
      parameters,
      hidden_size: hidden,
      num_hidden_layers: architecture.num_hidden_layers,
      bytes: needed,
    };
  }
  return found;
}
