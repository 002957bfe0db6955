import type { Architecture } from '../config/architecture';
import type { Bench } from '../kernels/reference/harness';
import { Random } from '../lib/philox';
import { Model } from './model';

/** The smallest model that has everything: two layers, shared key heads, an odd size or two. */
export const small: Architecture = {
  model_type: 'llama',
  vocab_size: 40,
  hidden_size: 24,
  intermediate_size: 34,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6,
  max_position_embeddings: 48,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  tie_word_embeddings: true,
  attention_bias: false,
};

/** A model with random weights for one test: `body` gets it, and it is destroyed after. */
export async function withModel<Result>(
  bench: Bench,
  architecture: Architecture,
  body: (model: Model) => Promise<Result>,
  seed = 1,
): Promise<Result> {
  const model = new Model(bench.gpu, architecture);
  try {
    model.weights.initialise(new Random(seed, 'init'));
    return await body(model);
  } finally {
    model.destroy();
  }
}

/** `count` sequences of ids below `vocabulary`, of lengths 1, 4, 7, … */
export function randomSequences(count: number, vocabulary: number, seed = 1): number[][] {
  const random = new Random(seed, 'sample');
  return Array.from({ length: count }, (_, i) => Array.from({ length: 1 + 3 * i }, () => random.integer(vocabulary)));
}
