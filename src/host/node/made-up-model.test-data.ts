import type { Architecture } from '../../config/architecture';
import type { TokenizerFiles } from '../../formats/huggingface';
import { MadeUpWeights, writeShards } from './sharded.test-data';

const SHARDS = 4;
const HIDDEN = 1024;
/** Parameters of one layer of the shape below. */
const LAYER_PARAMETERS = 15.73e6;

export interface MadeUp {
  /** Bytes of all weights together, about. */
  bytes: number;
  /** Rows of the embedding, those of Qwen3 unless told. */
  vocabulary?: number;
  tokenizer?: TokenizerFiles;
}

/** The shape of Qwen3-0.6B, in as many layers as the bytes ask for. */
const shapeOf = (bytes: number, vocabulary: number): Architecture => ({
  model_type: 'qwen3',
  vocab_size: vocabulary,
  hidden_size: HIDDEN,
  intermediate_size: 3072,
  num_hidden_layers: Math.max(1, Math.round((bytes / 2 - vocabulary * HIDDEN) / LAYER_PARAMETERS)),
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  tie_word_embeddings: true,
  attention_bias: false,
});

/** Writes a made-up model of so many bytes as a folder in Hugging Face layout, in four shards of bf16. */
export async function writeMadeUp(folder: string, { bytes, vocabulary = 151_936, tokenizer }: MadeUp): Promise<void> {
  const arch = shapeOf(bytes, vocabulary);
  const named = tokenizer ? { tokenizer } : {};
  await writeShards(folder, { arch, weights: new MadeUpWeights(arch) }, { shards: SHARDS, dtype: 'BF16', ...named });
}
