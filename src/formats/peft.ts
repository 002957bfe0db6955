import type { Architecture } from '../config/architecture';
import { InputError } from '../lib/errors';
import { checkpointTensors, EMBEDDING } from '../tensors/layout';
import type { FolderReader } from './folder';
import { isJsonObject, parseJsonObject, quote, type JsonObject } from './json';
import { patternValue } from './peft-patterns';
import { refuseOtherAdapters } from './peft-refusals';
import { readSafetensors } from './safetensors';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';

/** The two matrices of an adapter for one of the model's, which gets `scale · B A` added. */
export interface LoraPair {
  rank: number;
  /** α/r, or α/√r where the adapter is of rsLoRA. */
  scale: number;
  /** (rank, in). */
  a: Float32Array;
  /** (out, rank). */
  b: Float32Array;
}

/** An adapter of PEFT, by the names of the base's tensors. */
export interface PeftAdapter {
  pairs: ReadonlyMap<string, LoraPair>;
  /** Rows of the embedding that the adapter has in place of the base's, by token. */
  rows: ReadonlyMap<number, Float32Array>;
  /** The model that its files name as its base; null where they name none. */
  base: string | null;
}

/** The seven matrices of a layer that an adapter may be on. */
const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];

/**
 * Reads an adapter in PEFT's layout for a base of this architecture. All spellings of its keys that are met are read: with
 * and without `.default`, made on the whole model or on its bare backbone.
 * @throws InputError for a kind of adapter that is not read, by name; for a key that matches nothing of the base, a shape of
 *   another base, a rank above the matrix, a half of a pair, NaN or infinity.
 */
export async function readPeft(read: FolderReader, arch: Architecture, where: string): Promise<PeftAdapter> {
  const bytes = await read(ADAPTER_CONFIG);
  if (bytes === null) throw new InputError(`${where}: no ${ADAPTER_CONFIG}, expected an adapter in PEFT's layout`);
  const config = parseJsonObject(bytes, `${where}/${ADAPTER_CONFIG}`);
  refuseOtherAdapters(config, `${where}/${ADAPTER_CONFIG}`);
  const weights = await read(ADAPTER_WEIGHTS);
  if (weights === null) throw new InputError(`${where}: no ${ADAPTER_WEIGHTS}, expected the adapter's weights`);
  const path = `${where}/${ADAPTER_WEIGHTS}`;
  const shapes = new Map(checkpointTensors(arch).map(({ name, shape }) => [name, shape]));
  const halves = new Map<string, { module: string; a?: Half; b?: Half }>();
  const rows = new Map<number, Float32Array>();
  for (const [key, tensor] of readSafetensors(weights, path, { finite: true })) {
    if (!(tensor.data instanceof Float32Array)) {
      throw new InputError(`${path}: ${key} is ${tensor.dtype}, expected F32, F16 or BF16`);
    }
    const half: Half = { shape: tensor.shape, data: tensor.data };
    const found = keyOf(key);
    const shape = found === null ? undefined : shapes.get(found.tensor);
    if (found === null || shape === undefined || (found.part !== 'rows' && !isTarget(found.tensor))) {
      throw new InputError(`${path}: ${key} matches nothing of this ${arch.model_type}, expected an adapter for it`);
    }
    if (found.part === 'rows') {
      tokenRows(config, half, shape, `${path}: ${key}`).forEach((row, token) => rows.set(token, row));
      continue;
    }
    const pair = halves.get(found.tensor) ?? { module: found.module };
    if (pair[found.part]) throw new InputError(`${path}: ${key} is there twice, expected one adapter`);
    halves.set(found.tensor, { ...pair, [found.part]: half });
  }
  const pairs = new Map(
    [...halves].map(([tensor, { module, a, b }]): [string, LoraPair] => {
      const [out = 0, inputs = 0] = shapes.get(tensor) ?? [];
      const rank = ruled(config, 'r', 'rank_pattern', module, where);
      const alpha = ruled(config, 'lora_alpha', 'alpha_pattern', module, where);
      if (!a || !b) throw new InputError(`${path}: ${module} has ${a ? 'lora_A' : 'lora_B'} alone, expected both`);
      if (!Number.isInteger(rank) || rank > Math.min(out, inputs)) {
        throw new InputError(
          `${path}: ${module} has rank ${rank}, expected a whole number of at most ${Math.min(out, inputs)}`,
        );
      }
      checkShape(a, [rank, inputs], `${path}: ${module}.lora_A`);
      checkShape(b, [out, rank], `${path}: ${module}.lora_B`);
      const scale = alpha / (config['use_rslora'] === true ? Math.sqrt(rank) : rank);
      return [tensor, { rank, scale, a: a.data, b: b.data }];
    }),
  );
  if (pairs.size === 0 && rows.size === 0) throw new InputError(`${path}: no tensors, expected those of an adapter`);
  checkTargets(config, pairs, `${where}/${ADAPTER_CONFIG}`);
  const base = config['base_model_name_or_path'];
  return { pairs, rows, base: typeof base === 'string' && base !== '' ? base : null };
}

interface Half {
  shape: readonly number[];
  data: Float32Array;
}

function checkShape({ shape }: Half, expected: readonly number[], name: string): void {
  if (shape.join() === expected.join()) return;
  throw new InputError(`${name} has shape [${shape.join(', ')}], expected [${expected.join(', ')}] for this base`);
}

const isTarget = (tensor: string): boolean => TARGETS.some((target) => tensor.endsWith(`.${target}.weight`));

/** The parts of a key: `module` as the adapter writes it, `tensor` as the base does. */
function keyOf(key: string): { module: string; tensor: string; part: 'a' | 'b' | 'rows' } | null {
  const inner = key.replace(/^base_model\.model\./, '');
  const found = /^(.+)\.(lora_A|lora_B|token_adapter\.trainable_tokens_delta)(?:\.default)?(\.weight)?$/.exec(inner);
  if (!found) return null;
  const [, module = '', kind = '', weight] = found;
  const tensor = `${module.startsWith('model.') ? '' : 'model.'}${module}.weight`;
  if (kind.startsWith('token')) return tensor === EMBEDDING ? { module, tensor, part: 'rows' } : null;
  return weight === undefined ? null : { module, tensor, part: kind === 'lora_A' ? 'a' : 'b' };
}

/** The configuration's number for a module, or that of the first pattern that the module's name matches. */
function ruled(config: JsonObject, key: string, patterns: string, module: string, where: string): number {
  const path = `${where}/${ADAPTER_CONFIG}`;
  const value = patternValue(config[patterns], module, `${path}: ${patterns}`) ?? config[key];
  if (typeof value !== 'number' || !(value > 0)) {
    throw new InputError(`${path}: ${key} is ${quote(value)}, expected a positive number`);
  }
  return value;
}

function tokenRows(config: JsonObject, half: Half, shape: readonly number[], name: string): Map<number, Float32Array> {
  const named = config['trainable_token_indices'];
  const list: unknown = isJsonObject(named) ? named['embed_tokens'] : named;
  const tokens = Array.isArray(list) ? list.filter((token): token is number => Number.isInteger(token)) : [];
  const [vocabulary = 0, width = 0] = shape;
  checkShape(half, [tokens.length, width], name);
  const outside = tokens.find((token) => token < 0 || token >= vocabulary);
  if (outside !== undefined) throw new InputError(`${name}: token ${outside}, expected one of ${vocabulary}`);
  return new Map(tokens.map((token, i) => [token, half.data.subarray(i * width, (i + 1) * width)]));
}

/** Targets by name that the weights have nothing of: the file is of another adapter, or was cut. */
function checkTargets(config: JsonObject, pairs: ReadonlyMap<string, LoraPair>, where: string): void {
  const targets = config['target_modules'];
  if (!Array.isArray(targets)) return;
  const names = [...pairs.keys()].map((tensor) => tensor.replace(/\.weight$/, ''));
  for (const target of targets) {
    const matches = names.some((name) => name === target || name.endsWith(`.${String(target)}`));
    if (!matches) {
      throw new InputError(`${where}: target_modules has ${quote(target)}, expected ${ADAPTER_WEIGHTS} to hold it`);
    }
  }
}
