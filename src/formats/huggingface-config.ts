import {
  checkArchitecture,
  MODEL_TYPES,
  type Architecture,
  type ModelType,
  type RopeScaling,
} from '../config/architecture';
import { InputError } from '../lib/errors';
import { isJsonObject, quote, type JsonObject } from './json';
import type { FloatDtype } from './safetensors';

/**
 * The values that `transformers` assumes where `config.json` leaves a key out (its
 * `configuration_{llama,qwen2,qwen3}.py`).
 */
const DEFAULTS: Record<ModelType, { max_position_embeddings: number; attention_bias: boolean; head_dim?: number }> = {
  llama: { max_position_embeddings: 2048, attention_bias: false },
  // Not a setting there: the layer always has the bias. An explicit `false` is honoured.
  qwen2: { max_position_embeddings: 32768, attention_bias: true },
  // Not hidden_size / num_attention_heads, as for the others.
  qwen3: { max_position_embeddings: 32768, attention_bias: false, head_dim: 128 },
};
const DEFAULT_EPS = 1e-6;
const DEFAULT_THETA = 10_000;

const TORCH_DTYPES: Record<FloatDtype, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

const CLASS_NAMES: Record<ModelType, string> = {
  llama: 'LlamaForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
};

/**
 * Reads Hugging Face's `config.json`. `null` counts as absent; keys that do not change the forward pass are ignored.
 * An absent `num_key_value_heads` means one per head.
 * @param where the file's name, for messages.
 * @throws InputError for a shape that cannot be, or a feature that our layer lacks.
 */
export function parseConfig(json: unknown, where: string): Architecture {
  if (!isJsonObject(json)) throw new InputError(`${where}: ${quote(json)}, expected a JSON object`);
  const model_type = MODEL_TYPES.find((known) => known === json['model_type']);
  if (model_type === undefined) {
    throw new InputError(
      `${where}: model_type is ${quote(json['model_type'])}, expected one of ${MODEL_TYPES.join(', ')}, or bert to embed alone`,
    );
  }
  refuseWhatWeLack(json, where);
  const defaults = DEFAULTS[model_type];
  const hidden_size = number(json, 'hidden_size', where);
  const num_attention_heads = number(json, 'num_attention_heads', where);
  if (!present(json, 'head_dim') && defaults.head_dim === undefined && hidden_size % num_attention_heads !== 0) {
    throw new InputError(
      `${where}: hidden_size is ${hidden_size}, expected a multiple of num_attention_heads (${num_attention_heads}) or a head_dim`,
    );
  }
  const architecture: Architecture = {
    model_type,
    vocab_size: number(json, 'vocab_size', where),
    hidden_size,
    intermediate_size: number(json, 'intermediate_size', where),
    num_hidden_layers: number(json, 'num_hidden_layers', where),
    num_attention_heads,
    num_key_value_heads: number(json, 'num_key_value_heads', where, num_attention_heads),
    head_dim: number(json, 'head_dim', where, defaults.head_dim ?? hidden_size / num_attention_heads),
    max_position_embeddings: number(json, 'max_position_embeddings', where, defaults.max_position_embeddings),
    rms_norm_eps: number(json, 'rms_norm_eps', where, DEFAULT_EPS),
    ...parseRope(json, where),
    tie_word_embeddings: boolean(json, 'tie_word_embeddings', where, false),
    attention_bias: boolean(json, 'attention_bias', where, defaults.attention_bias),
  };
  checkArchitecture(architecture, where);
  return architecture;
}

/** Ids of special tokens that `config.json` may carry beside the architecture. */
export interface SpecialTokenIds {
  bos_token_id?: number | undefined;
  eos_token_id?: number | undefined;
  pad_token_id?: number | undefined;
}

/**
 * `config.json` as `transformers` 4 and 5 load it. It knows no bias on q, k and v alone for llama and qwen3: there it
 * adds a zero bias to the output projection, which changes nothing.
 * @param dtype of the weights beside it.
 */
export function writeConfig(architecture: Architecture, ids: SpecialTokenIds = {}, dtype: FloatDtype = 'F32'): string {
  const config = {
    architectures: [CLASS_NAMES[architecture.model_type]],
    ...architecture,
    hidden_act: 'silu',
    torch_dtype: TORCH_DTYPES[dtype],
    ...ids,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** `eos_token_id` of a `config.json` or `generation_config.json`: none, one or several. */
export function parseEosTokenIds(json: JsonObject, where: string): number[] {
  const value = json['eos_token_id'] ?? [];
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  return ids.map((id) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) {
      throw new InputError(`${where}: eos_token_id is ${quote(value)}, expected whole numbers`);
    }
    return id;
  });
}

const present = (json: JsonObject, key: string): boolean => json[key] !== undefined && json[key] !== null;

export function number(json: JsonObject, key: string, where: string, fallback?: number): number {
  const value = json[key] ?? fallback;
  if (typeof value !== 'number') throw new InputError(`${where}: ${key} is ${quote(value)}, expected a number`);
  return value;
}

function boolean(json: JsonObject, key: string, where: string, fallback: boolean): boolean {
  const value = json[key] ?? fallback;
  if (typeof value !== 'boolean') throw new InputError(`${where}: ${key} is ${quote(value)}, expected true or false`);
  return value;
}

/** transformers 4 has `rope_theta` at the top and `rope_scaling`; 5 has both in `rope_parameters`. */
function parseRope(json: JsonObject, where: string): Pick<Architecture, 'rope_theta' | 'rope_scaling'> {
  let rope_theta = number(json, 'rope_theta', where, DEFAULT_THETA);
  let rope_scaling: RopeScaling | null = null;
  for (const key of ['rope_scaling', 'rope_parameters']) {
    const rope = json[key];
    if (rope === undefined || rope === null) continue;
    if (!isJsonObject(rope)) throw new InputError(`${where}: ${key} is ${quote(rope)}, expected an object`);
    rope_theta = number(rope, 'rope_theta', `${where}: ${key}`, rope_theta);
    refuseUnless(rope, 'partial_rotary_factor', 1, `${where}: ${key}`);
    rope_scaling = parseScaling(rope, `${where}: ${key}`) ?? rope_scaling;
  }
  return rope_scaling ? { rope_theta, rope_scaling } : { rope_theta };
}

function parseScaling(rope: JsonObject, where: string): RopeScaling | null {
  const rope_type = rope['rope_type'] ?? rope['type'] ?? 'default';
  const factor = (): number => number(rope, 'factor', where);
  switch (rope_type) {
    case 'default':
      return null;
    case 'linear':
      return { rope_type: 'linear', factor: factor() };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: factor(),
        low_freq_factor: number(rope, 'low_freq_factor', where),
        high_freq_factor: number(rope, 'high_freq_factor', where),
        original_max_position_embeddings: number(rope, 'original_max_position_embeddings', where),
      };
    default:
      throw new InputError(`${where} has type ${quote(rope_type)}, expected default, linear or llama3`);
  }
}

function refuseWhatWeLack(json: JsonObject, where: string): void {
  refuseUnless(json, 'hidden_act', 'silu', where);
  refuseUnless(json, 'mlp_bias', false, where);
  refuseUnless(json, 'use_sliding_window', false, where);
  refuseUnless(json, 'partial_rotary_factor', 1, where);
  refuseQuantized(json, where);
}

export function refuseQuantized(json: JsonObject, where: string): void {
  // MLX writes the second.
  for (const key of ['quantization_config', 'quantization']) {
    const found = json[key];
    if (found === undefined || found === null) continue;
    const method = isJsonObject(found)
      ? (found['quant_method'] ?? (key === 'quantization' ? 'mlx' : undefined))
      : found;
    const named = method === undefined ? '' : ` (${quote(method)})`;
    throw new InputError(`${where}: ${key} is present${named}, expected weights in F32, F16 or BF16`);
  }
}

export function refuseUnless(json: JsonObject, key: string, expected: unknown, where: string): void {
  if (present(json, key) && json[key] !== expected) {
    throw new InputError(`${where}: ${key} is ${quote(json[key])}, expected ${quote(expected)}`);
  }
}
