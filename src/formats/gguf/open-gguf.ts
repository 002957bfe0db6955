import { checkArchitecture } from '../../config/architecture';
import { InputError } from '../../lib/errors';
import { checkpointTensors, tensorLayout } from '../../tensors/layout';
import type { EmbedderSettings } from '../embedder-settings';
import { hashOf } from '../huggingface-model';
import { quote } from '../json';
import type { ModelFiles } from '../model-files';
import { tensorDtypes, type OpenedModel } from '../opened-model';
import { ggufArchitecture } from './gguf-architecture';
import { blockOf, bytesOfTensor, GgufSource, type PlacedGguf } from './gguf-source';
import { readGgufHeader, type GgufHeader } from './header';
import { ggufNames, ROPE_DIVISORS } from './names';
import { ggufRopeScaling } from './rope';
import { splitNames } from './splits';
import { ggufTokenizer } from './tokenizer';

/**
 * Opens a GGUF file or all splits of one: headers are read, weights are not.
 * @throws InputError for a version, an architecture or a type that is not read, by name; for a missing split; for a file
 *   that was cut.
 */
export async function openGguf(files: ModelFiles, where: string): Promise<OpenedModel> {
  const names = fileNames(files, where);
  const headers: GgufHeader[] = [];
  for (const name of names) headers.push(await readGgufHeader(files, name, where));
  const header = joined(headers, names, where);
  const { metadata } = header;
  const shape = ggufArchitecture(header, where);
  const tensors = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  const rope_scaling = await ggufRopeScaling(metadata, tensors.get(ROPE_DIVISORS), shape, files, where);
  const arch = rope_scaling ? { ...shape, rope_scaling } : shape;
  checkArchitecture(arch, where);
  const placed = new Map<string, PlacedGguf>();
  const named = ggufNames(arch.num_hidden_layers);
  for (const { name, shape } of checkpointTensors(arch)) {
    const own = named.get(name)!;
    const tensor = tensors.get(own);
    if (tensor === undefined) {
      throw new InputError(`${where}: tensor ${own} is missing, expected with ${shape.join(' × ')} elements`);
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new InputError(
        `${where}: tensor ${own} has ${tensor.shape.join(' × ')} elements, expected ${shape.join(' × ')}`,
      );
    }
    // llama.cpp turns neighbours for llama, halves for qwen2 and qwen3, as Hugging Face does for all.
    const isTurned = arch.model_type === 'llama' && /self_attn\.[qk]_proj\./.test(name);
    const place = { ...tensor, block: blockOf(tensor, where), head: isTurned ? arch.head_dim : null };
    checkEnd(place, files, where);
    placed.set(name, place);
    tensors.delete(own);
  }
  tensors.delete(ROPE_DIVISORS);
  const [extra] = tensors.keys();
  if (extra !== undefined) {
    throw new InputError(`${where}: tensor ${extra} is not one of a ${arch.model_type}, expected only those it has`);
  }
  const weights = new GgufSource(files, placed, where);
  const template = metadata.get('tokenizer.chat_template');
  const licence = metadata.get('general.license');
  return {
    kind: 'gguf',
    arch,
    hasHead: true,
    weights,
    tensorDtype: tensorDtypes(tensorLayout(arch), weights),
    bytes: [...placed.values()].reduce((sum, tensor) => sum + bytesOfTensor(tensor), 0),
    tokenizer: ggufTokenizer(metadata, where),
    chatTemplate: typeof template === 'string' ? template : null,
    embedder: () => Promise.resolve(poolingOf(metadata, where)),
    eosTokenIds: endIds(header),
    generation: null,
    licence: typeof licence === 'string' ? licence : null,
    files,
    parts: names,
    hash: (onProgress) => hashOf(files, names, where, onProgress),
  };
}

/** llama.cpp's numbers for ways to pool; 0 and no number say nothing of embedding. */
const POOLING: readonly string[] = ['none', 'mean', 'cls', 'last', 'rank'];

/** Reads how a file made for embedding says that it embeds. @throws InputError for an unsupported way, by its name. */
function poolingOf(metadata: ReadonlyMap<string, unknown>, where: string): EmbedderSettings | null {
  const key = `${String(metadata.get('general.architecture'))}.pooling_type`;
  const type = Number(metadata.get(key) ?? 0);
  if (POOLING[type] === 'none') return null;
  if (POOLING[type] === 'last') return { pooling: 'lasttoken', query: '', document: '', longest: null, notices: [] };
  throw new InputError(
    `${where}: ${key} is ${type} (${POOLING[type] ?? 'unknown'}), expected 3 (last), which is what is read of a decoder`,
  );
}

/** The one file of a folder, or all splits of it. */
function fileNames(files: ModelFiles, where: string): string[] {
  const found = files.names.filter((name) => name.endsWith('.gguf'));
  const all = splitNames(found[0] ?? '');
  const other = found.find((name) => !all.includes(name));
  if (other !== undefined) {
    throw new InputError(`${where}: ${found.length} .gguf files of several models (${other}), expected one model's`);
  }
  const missing = all.find((name) => !found.includes(name));
  if (missing !== undefined) throw new InputError(`${where}: no ${missing}, expected all ${all.length} splits`);
  return all;
}

function joined(headers: readonly GgufHeader[], names: readonly string[], where: string): GgufHeader {
  headers.forEach(({ metadata }, i) => {
    const count = Number(metadata.get('split.count') ?? 1);
    const index = Number(metadata.get('split.no') ?? 0);
    if (count !== names.length || (count > 1 && index !== i)) {
      throw new InputError(
        `${where}: ${names[i]} is split ${index + 1} of ${count}, expected ${i + 1} of ${names.length} by the files' names`,
      );
    }
  });
  const tensors = headers.flatMap((header) => header.tensors);
  const twice = tensors.find(({ name }, i) => tensors.findIndex((other) => other.name === name) !== i);
  if (twice) throw new InputError(`${where}: tensor ${twice.name} is there twice, expected every tensor once`);
  const expected = headers[0]!.metadata.get('split.tensors.count');
  if (expected !== undefined && Number(expected) !== tensors.length) {
    throw new InputError(`${where}: ${tensors.length} tensors in all splits, expected ${quote(Number(expected))}`);
  }
  return { metadata: headers[0]!.metadata, tensors };
}

function checkEnd(tensor: PlacedGguf, files: ModelFiles, where: string): void {
  const end = tensor.from + bytesOfTensor(tensor);
  const size = files.size(tensor.file);
  if (end <= size) return;
  throw new InputError(
    `${where}: ${tensor.file} has ${size} bytes and tensor ${tensor.name} ends at ${end}, expected the whole file`,
  );
}

/** Ids that end a text or a turn. */
function endIds({ metadata }: GgufHeader): number[] {
  const ids = ['eos', 'eot', 'eom'].map((kind) => metadata.get(`tokenizer.ggml.${kind}_token_id`));
  return [...new Set(ids.filter((id) => typeof id === 'number'))];
}
