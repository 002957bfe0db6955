import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { MODEL_TYPES, type Architecture } from '../../config/architecture';
import { isJsonObject, parseJsonObject, type JsonObject } from '../../formats/json';
import { readSafetensors, type SafeTensor } from '../../formats/safetensors';
import type { Adapter } from './adapter';
import type { Model } from './objectives';

/** Whole-model reference cases, made by PyTorch from an implementation of their own (fixtures/README.md). */
const FIXTURES = new URL('../../../fixtures/', import.meta.url);

/** One case: a model, perhaps its frozen base, inputs and expected outputs. */
export interface Fixture {
  name: string;
  kind: string;
  model: Model;
  /** The frozen base of a stage-1 case. */
  base: Model | undefined;
  /** The adapter of a LoRA case. */
  adapter: Adapter | undefined;
  /** A hyper-parameter of `reference.json`, by path. */
  setting: (...path: string[]) => number;
  /** Names of the tensors of `reference.safetensors`. */
  names: string[];
  /** A tensor of `reference.safetensors`. */
  tensor: (name: string) => SafeTensor;
}

/** Names of the cases of one kind. */
export function fixturesOf(kind: string): string[] {
  const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name).filter((name) => json(name, 'reference.json')['kind'] === kind);
}

const url = (name: string, file: string): URL => new URL(`${name}/${file}`, FIXTURES);
const bytes = (name: string, file: string): Uint8Array => new Uint8Array(readFileSync(url(name, file)));
const json = (name: string, file: string): JsonObject => parseJsonObject(bytes(name, file), `${name}/${file}`);

/** Reads a case whole. */
export function readFixture(name: string): Fixture {
  const architecture = readArchitecture(json(name, 'config.json'));
  const reference = json(name, 'reference.json');
  const tensors = readSafetensors(bytes(name, 'reference.safetensors'), name);
  return {
    name,
    kind: String(reference['kind']),
    model: { architecture, parameters: readParameters(name, 'model.safetensors') },
    base: existsSync(url(name, 'base.safetensors'))
      ? { architecture, parameters: readParameters(name, 'base.safetensors') }
      : undefined,
    adapter: existsSync(url(name, 'adapter')) ? readAdapter(name) : undefined,
    setting: (...path) => numberAt(reference, path),
    names: [...tensors.keys()],
    tensor: (tensorName) => {
      const found = tensors.get(tensorName);
      if (!found) throw new RangeError(`${name}: no tensor ${tensorName}`);
      return found;
    },
  };
}

function readParameters(name: string, file: string): Map<string, Float64Array> {
  const tensors = readSafetensors(bytes(name, file), `${name}/${file}`);
  return new Map([...tensors].map(([tensorName, { data }]) => [tensorName, Float64Array.from(data)]));
}

function readAdapter(name: string): Adapter {
  const config = json(name, 'adapter/adapter_config.json');
  const rank = numberAt(config, ['r']);
  const indices = config['trainable_token_indices'];
  const list: unknown = Array.isArray(indices) ? indices : isJsonObject(indices) ? indices['embed_tokens'] : [];
  const [token = null] = Array.isArray(list) ? list.map(Number) : [];
  const scale = numberAt(config, ['lora_alpha']) / (config['use_rslora'] === true ? Math.sqrt(rank) : rank);
  return { parameters: readParameters(name, 'adapter/adapter_model.safetensors'), rank, scale, token };
}

function numberAt(object: unknown, path: readonly string[]): number {
  let value: unknown = object;
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  if (typeof value !== 'number') throw new RangeError(`${path.join('.')}: expected a number`);
  return value;
}

/** The fixtures' configurations hold every field, so nothing is guessed here. */
function readArchitecture(config: JsonObject): Architecture {
  const model_type = MODEL_TYPES.find((type) => type === config['model_type']);
  if (!model_type) throw new RangeError(`model_type ${String(config['model_type'])}`);
  const number = (key: string): number => numberAt(config, [key]);
  return {
    model_type,
    vocab_size: number('vocab_size'),
    hidden_size: number('hidden_size'),
    intermediate_size: number('intermediate_size'),
    num_hidden_layers: number('num_hidden_layers'),
    num_attention_heads: number('num_attention_heads'),
    num_key_value_heads: number('num_key_value_heads'),
    head_dim: number('head_dim'),
    max_position_embeddings: number('max_position_embeddings'),
    rms_norm_eps: number('rms_norm_eps'),
    rope_theta: number('rope_theta'),
    tie_word_embeddings: config['tie_word_embeddings'] === true,
    attention_bias: config['attention_bias'] === true,
  };
}
