import { InputError } from '../lib/errors';

/** Decoder kinds that share our layer: RMSNorm, RoPE, SwiGLU, GQA. */
export const MODEL_TYPES = ['llama', 'qwen2', 'qwen3'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

/** RoPE's stretching, under the names of Hugging Face's `rope_scaling` and `rope_parameters`. */
export type RopeScaling =
  | { rope_type: 'linear'; factor: number }
  | {
      rope_type: 'llama3';
      factor: number;
      low_freq_factor: number;
      high_freq_factor: number;
      original_max_position_embeddings: number;
    };

/** A model's shape, under the names of Hugging Face's `config.json`. */
export interface Architecture {
  model_type: ModelType;
  vocab_size: number;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim: number;
  max_position_embeddings: number;
  rms_norm_eps: number;
  rope_theta: number;
  /** How RoPE is stretched to a longer context; absent where it is not. */
  rope_scaling?: RopeScaling;
  tie_word_embeddings: boolean;
  /** Bias on q, k and v (not on the output projection), as in qwen2. */
  attention_bias: boolean;
}

/** Whether an architecture applies a per-head RMSNorm to q and k before RoPE. */
export const hasQkNorm = (a: Architecture): boolean => a.model_type === 'qwen3';

const positiveIntegers = [
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'max_position_embeddings',
] as const;

/** @throws InputError for the first of some sizes that is no whole number from 1 on. */
export function checkPositive<Key extends string>(
  sizes: Readonly<Record<Key, number>>,
  keys: readonly Key[],
  where: string,
): void {
  for (const key of keys) {
    if (Number.isInteger(sizes[key]) && sizes[key] >= 1) continue;
    throw new InputError(`${where}: ${key} is ${sizes[key]}, expected a whole number of at least 1`);
  }
}

/**
 * Refuses a shape that no model of ours can have.
 * @param where what the user wrote it in, for the message: `model`, `config.json`.
 * @throws InputError with the field, its value and what was expected.
 */
export function checkArchitecture(a: Architecture, where: string): void {
  checkPositive(a, positiveIntegers, where);
  if (a.num_attention_heads % a.num_key_value_heads !== 0) {
    throw new InputError(
      `${where}: num_key_value_heads is ${a.num_key_value_heads}, expected a divisor of num_attention_heads (${a.num_attention_heads})`,
    );
  }
  if (a.head_dim % 2 !== 0) {
    throw new InputError(`${where}: head_dim is ${a.head_dim}, expected an even number, because RoPE rotates pairs`);
  }
  if (a.head_dim > 256) {
    throw new InputError(`${where}: head_dim is ${a.head_dim}, expected at most 256`);
  }
  if (!(a.rms_norm_eps > 0 && a.rms_norm_eps < 1)) {
    throw new InputError(`${where}: rms_norm_eps is ${a.rms_norm_eps}, expected a number between 0 and 1`);
  }
  if (!(a.rope_theta >= 1 && Number.isFinite(a.rope_theta))) {
    throw new InputError(`${where}: rope_theta is ${a.rope_theta}, expected a finite number of at least 1`);
  }
  if (a.rope_scaling) checkRopeScaling(a.rope_scaling, where);
}

function checkRopeScaling(scaling: RopeScaling, where: string): void {
  for (const [key, value] of Object.entries(scaling)) {
    if (key !== 'rope_type' && !(typeof value === 'number' && value > 0 && Number.isFinite(value))) {
      throw new InputError(`${where}: rope_scaling's ${key} is ${value}, expected a finite number above 0`);
    }
  }
  if (scaling.rope_type === 'llama3' && !(scaling.low_freq_factor < scaling.high_freq_factor)) {
    throw new InputError(
      `${where}: rope_scaling's low_freq_factor is ${scaling.low_freq_factor}, expected less than high_freq_factor (${scaling.high_freq_factor})`,
    );
  }
}
