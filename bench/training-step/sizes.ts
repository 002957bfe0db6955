// The two models of the benchmark, and the batch that everyone learns: the same for ours and for the peers.
import type { Architecture } from '../../src/config/architecture';
import { Random } from '../../src/lib/philox';

export interface ModelSize {
  name: 'small' | 'big';
  layers: number;
  channels: number;
  heads: number;
  sequences: number;
  length: number;
  vocabulary: number;
}

export const SIZES: readonly ModelSize[] = [
  { name: 'small', layers: 4, channels: 128, heads: 4, sequences: 16, length: 64, vocabulary: 512 },
  { name: 'big', layers: 6, channels: 256, heads: 8, sequences: 8, length: 128, vocabulary: 512 },
];

export const ADAMW = { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01 };

/** Standard deviation of everyone's start weights: the first loss is then near ln(vocabulary). */
export const INITIAL_SCALE = 0.02;

export function normals(count: number, seed: number): Float32Array<ArrayBuffer> {
  const random = new Random(seed, 'init');
  return Float32Array.from({ length: count }, () => random.normal() * INITIAL_SCALE);
}

/** Token ids (sequences, length + 1): a row's first `length` are the input, its last `length` the labels. */
export function tokenRows(size: ModelSize): number[][] {
  const random = new Random(1, 'evaluation');
  return Array.from({ length: size.sequences }, () =>
    Array.from({ length: size.length + 1 }, () => random.integer(size.vocabulary)),
  );
}

/** SwiGLU with as many weights as the peers' 4d MLP: 3 · d · F ≈ 8 · d². */
const intermediateSize = (channels: number): number => Math.round((8 * channels) / 3 / 4) * 4;

export const architecture = (size: ModelSize): Architecture => ({
  model_type: 'llama',
  vocab_size: size.vocabulary,
  hidden_size: size.channels,
  intermediate_size: intermediateSize(size.channels),
  num_hidden_layers: size.layers,
  num_attention_heads: size.heads,
  num_key_value_heads: size.heads,
  head_dim: size.channels / size.heads,
  max_position_embeddings: size.length,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
});
