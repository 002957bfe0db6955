import { checkArchitecture, MODEL_TYPES, type Architecture } from '../../config/architecture';
import { InputError } from '../../lib/errors';
import { quote } from '../json';
import type { GgufHeader, Metadata } from './header';

const DEFAULT_EPS = 1e-6;
const DEFAULT_THETA = 10_000;

/**
 * Reads the architecture from a file's metadata.
 * @param header of all splits together.
 * @throws InputError for another architecture, by name, or a feature that our layer lacks.
 */
export function ggufArchitecture({ metadata, tensors }: GgufHeader, where: string): Architecture {
  const named = metadata.get('general.architecture');
  const model_type = MODEL_TYPES.find((known) => known === named);
  if (model_type === undefined) {
    throw new InputError(
      `${where}: general.architecture is ${quote(named)}, expected one of ${MODEL_TYPES.join(', ')}`,
    );
  }
  const names = new Set(tensors.map(({ name }) => name));
  const value = (key: string, fallback?: number): number => number(metadata, `${model_type}.${key}`, where, fallback);
  const hidden_size = value('embedding_length');
  const heads = value('attention.head_count');
  const head_dim = value('attention.key_length', hidden_size / heads);
  const same = (key: string, expected: number): void => {
    const found = value(key, expected);
    if (found !== expected) throw new InputError(`${where}: ${model_type}.${key} is ${found}, expected ${expected}`);
  };
  same('attention.value_length', head_dim);
  same('rope.dimension_count', head_dim);
  const architecture: Architecture = {
    model_type,
    // The table itself decides: the key is newer than many files.
    vocab_size: tensors.find(({ name }) => name === 'token_embd.weight')?.shape[0] ?? value('vocab_size'),
    hidden_size,
    intermediate_size: value('feed_forward_length'),
    num_hidden_layers: value('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: value('attention.head_count_kv', heads),
    head_dim,
    max_position_embeddings: value('context_length'),
    rms_norm_eps: value('attention.layer_norm_rms_epsilon', DEFAULT_EPS),
    rope_theta: value('rope.freq_base', DEFAULT_THETA),
    // A file without an output matrix uses the embedding for it.
    tie_word_embeddings: !names.has('output.weight'),
    attention_bias: names.has('blk.0.attn_q.bias'),
  };
  checkArchitecture(architecture, where);
  return architecture;
}

/** Floats of 32 bits as the decimal number that was meant: 9.999999747378752e-6 is 1e-5. */
function number(metadata: Metadata, key: string, where: string, fallback?: number): number {
  const found = metadata.get(key) ?? fallback;
  if (typeof found === 'bigint') return Number(found);
  if (typeof found === 'number') return Number.isInteger(found) ? found : Number(found.toPrecision(7));
  throw new InputError(`${where}: ${key} is ${quote(found)}, expected a number`);
}
