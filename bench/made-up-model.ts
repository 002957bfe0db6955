import type { Architecture } from '../src/config/architecture';
import type { TokenizerFiles } from '../src/formats/huggingface';
import { MadeUpWeights, writeShards } from '../src/host/node/sharded.test-data';

const SHARDS = 4;

/** The shape of Qwen3-0.6B, in as many layers as the bytes ask for. */
const shapeOf = (bytes: number): Architecture => ({
  model_type: 'qwen3',
  vocab_size: 151_936,
  hidden_size: 1024,
  intermediate_size: 3072,
  num_hidden_layers: Math.max(1, Math.round((bytes / 2 - 151_936 * 1024) / 15.73e6)),
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  tie_word_embeddings: true,
  attention_bias: false,
});

/** A model of so many bytes out of nothing, in four shards of bf16. */
export async function writeMadeUp(folder: string, bytes: number, tokenizer?: TokenizerFiles): Promise<void> {
  const arch = shapeOf(bytes);
  const named = tokenizer ? { tokenizer } : {};
  await writeShards(folder, { arch, weights: new MadeUpWeights(arch) }, { shards: SHARDS, dtype: 'BF16', ...named });
}
