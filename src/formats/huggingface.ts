import type { Architecture } from '../config/architecture';
import { InputError } from '../lib/errors';
import { widened, type Elements } from '../tensors/dtype';
import { checkpointTensors, HEAD } from '../tensors/layout';
import type { FolderReader } from './folder';
import { parseConfig, parseEosTokenIds, writeConfig, type SpecialTokenIds } from './huggingface-config';
import { readShards } from './huggingface-shards';
import { matchedTensors } from './huggingface-tensors';
import { parseJsonObject, type JsonObject } from './json';
import { readStoredSafetensors, writeSafetensors, type FloatDtype, type StoredTensor } from './safetensors';

export { parseConfig, writeConfig, type SpecialTokenIds } from './huggingface-config';

/** Where a checkpoint in shards says which tensor lies in which. */
/** The two files that `Tokenizer` loads. */
export interface TokenizerFiles {
  tokenizer: JsonObject;
  /** The contents of `tokenizer_config.json`; empty where the folder has none. */
  config: JsonObject;
}

/** A checkpoint with its weights as f32. */
export type Checkpoint = CheckpointOf<Float32Array>;
/** A checkpoint with its weights as the folder holds them. */
export type StoredCheckpoint = CheckpointOf<Elements>;

interface CheckpointOf<Values> {
  arch: Architecture;
  /** Exactly those of `checkpointTensors`, all finite. */
  tensors: Map<string, Values>;
  /**
   * Whether the model can make logits; false where an untied model comes without `lm_head.weight`, as embedders do. Its
   * `arch` is then tied, so that no memory is taken for a head that is not used.
   */
  hasHead: boolean;
  /** The tokenizer's files; null where the folder has no `tokenizer.json`. */
  tokenizer: TokenizerFiles | null;
  /** Ids that end a text: of `generation_config.json`, else of `config.json`; may be empty. */
  eosTokenIds: number[];
}

/**
 * Reads a folder in Hugging Face layout, its weights in one file or in shards.
 * @param where the folder's name, for messages.
 * @throws InputError for a missing file, a missing, extra or misshapen tensor, NaN or infinity.
 */
export async function readCheckpoint(read: FolderReader, where: string): Promise<Checkpoint> {
  const { tensors, ...rest } = await readStoredCheckpoint(read, where);
  return { ...rest, tensors: new Map([...tensors].map(([name, values]) => [name, widened(values)])) };
}

/** The same with weights of 16 bits as they lie in the folder, for a model that keeps them so. */
export async function readStoredCheckpoint(read: FolderReader, where: string): Promise<StoredCheckpoint> {
  const configBytes = await read('config.json');
  if (configBytes === null)
    throw new InputError(`${where}: no config.json, expected a checkpoint in Hugging Face layout`);
  const config = parseJsonObject(configBytes, `${where}/config.json`);
  const declared = parseConfig(config, `${where}/config.json`);
  const tokenizer = await readTokenizerFiles(read, where);
  const { eosTokenIds } = await readGeneration(read, config, where);
  const { tensors: found } = await readShards(read, where, async (file) => {
    const bytes = await read(file);
    return bytes && readStoredSafetensors(bytes, `${where}/${file}`);
  });
  const hasHead = declared.tie_word_embeddings || found.has(HEAD);
  const arch = hasHead ? declared : { ...declared, tie_word_embeddings: true };
  return { arch, tensors: checkTensors(arch, found, where), hasHead, tokenizer, eosTokenIds };
}

/** `generation_config.json`, null where there is none, and the ids that end a text: of it, else of `config.json`. */
export async function readGeneration(
  read: FolderReader,
  config: JsonObject,
  where: string,
): Promise<{ generation: JsonObject | null; eosTokenIds: number[] }> {
  const eosTokenIds = parseEosTokenIds(config, `${where}/config.json`);
  const bytes = await read('generation_config.json');
  if (bytes === null) return { generation: null, eosTokenIds };
  const generation = parseJsonObject(bytes, `${where}/generation_config.json`);
  const ids = parseEosTokenIds(generation, `${where}/generation_config.json`);
  return { generation, eosTokenIds: ids.length > 0 ? ids : eosTokenIds };
}

/** @returns null where the folder has no `tokenizer.json`. */
export async function readTokenizerFiles(read: FolderReader, where: string): Promise<TokenizerFiles | null> {
  const bytes = await read('tokenizer.json');
  if (bytes === null) return null;
  const configBytes = await read('tokenizer_config.json');
  return {
    tokenizer: parseJsonObject(bytes, `${where}/tokenizer.json`),
    config: configBytes === null ? {} : parseJsonObject(configBytes, `${where}/tokenizer_config.json`),
  };
}

function checkTensors(arch: Architecture, read: Map<string, StoredTensor>, where: string): Map<string, Elements> {
  const tensors = matchedTensors(arch, read, where);
  return new Map(
    [...tensors].map(([name, tensor]): [string, Elements] => {
      if ('bits' in tensor) return [name, { dtype: tensor.dtype === 'F16' ? 'f16' : 'bf16', bits: tensor.bits }];
      if (tensor.data instanceof Float32Array) return [name, tensor.data];
      throw new InputError(`${where}: tensor ${name} is ${tensor.dtype}, expected F32, F16 or BF16`);
    }),
  );
}

export interface WriteOptions {
  /** Type of the weights in the file; F32 where absent. */
  dtype?: FloatDtype;
  tokenizer?: TokenizerFiles | null;
  ids?: SpecialTokenIds;
}

/**
 * The files of a folder that `transformers` loads, by name. Deterministic.
 * @param tensors those of `checkpointTensors(arch)`, by name.
 * @throws InputError for a missing or misshapen tensor.
 */
export function writeCheckpoint(
  arch: Architecture,
  tensors: ReadonlyMap<string, Float32Array>,
  { dtype = 'F32', tokenizer = null, ids = {} }: WriteOptions = {},
): Map<string, Uint8Array> {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array; dtype: FloatDtype }>();
  for (const { name, shape } of checkpointTensors(arch)) {
    const data = tensors.get(name);
    if (data === undefined)
      throw new InputError(`checkpoint: tensor ${name} is missing, expected for ${arch.model_type}`);
    weights.set(name, { shape, data, dtype });
  }
  return checkpointSettings(arch, { dtype, tokenizer, ids }).set(
    'model.safetensors',
    writeSafetensors(weights, { format: 'pt' }),
  );
}

/** All of such a folder but its weights. */
export function checkpointSettings(
  arch: Architecture,
  { dtype = 'F32', tokenizer = null, ids = {} }: WriteOptions,
): Map<string, Uint8Array> {
  const config = new TextEncoder().encode(writeConfig(arch, ids, dtype));
  return new Map([['config.json', config], ...(tokenizer === null ? [] : tokenizerFiles(tokenizer))]);
}

/** A tokenizer's two files. */
export function tokenizerFiles({ tokenizer, config }: TokenizerFiles): [name: string, bytes: Uint8Array][] {
  const json = (value: JsonObject): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  return [
    ['tokenizer.json', json(tokenizer)],
    ['tokenizer_config.json', json(config)],
  ];
}
