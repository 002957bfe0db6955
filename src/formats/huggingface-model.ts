import { InputError } from '../lib/errors';
import { sha256, Sha256 } from '../lib/hash';
import type { FolderReader } from './folder';
import { readEmbedderSettings } from './embedder-settings';
import { parseConfig, readGeneration, readTokenizerFiles } from './huggingface';
import { readShards } from './huggingface-shards';
import { matchedTensors } from './huggingface-tensors';
import { HEAD, tensorLayout } from '../tensors/layout';
import { isJsonObject, parseJsonObject, quote } from './json';
import { readWholeFile, wholeFiles, type ModelFiles } from './model-files';
import { tensorDtypes, type AnyOpenedModel } from './opened-model';
import { readTensorRanges } from './safetensors';
import { SafetensorsSource, type PlacedRange } from './safetensors-source';

/**
 * Opens a folder in Hugging Face layout: headers are read, weights are not.
 * @throws InputError for what is missing, of another architecture, or not what the format allows.
 */
export async function openHuggingFace(files: ModelFiles, where: string): Promise<AnyOpenedModel> {
  const read = wholeFiles(files, where);
  const configBytes = await read('config.json');
  if (configBytes === null) return refuseWithoutConfig(read, files, where);
  const config = parseJsonObject(configBytes, `${where}/config.json`);
  if (config['model_type'] === 'bert') {
    const { openBert } = await import('./bert/open-bert');
    return openBert(files, where, config);
  }
  const declared = parseConfig(config, `${where}/config.json`);
  const { tensors: ranges, files: weightFiles } = await readShards(read, where, (file) => rangesOf(files, file, where));
  const hasHead = declared.tie_word_embeddings || ranges.has(HEAD);
  // Without a head of its own nothing is generated, and the embedding takes the place of a tensor that is never read.
  const arch = hasHead ? declared : { ...declared, tie_word_embeddings: true };
  const tensors = matchedTensors(arch, ranges, where);
  const tokenizer = await readTokenizerFiles(read, where);
  const weights = new SafetensorsSource(files, tensors, where);
  return {
    kind: 'huggingface',
    arch,
    hasHead,
    weights,
    tensorDtype: tensorDtypes(tensorLayout(arch), weights),
    bytes: [...tensors.values()].reduce((sum, { from, to }) => sum + to - from, 0),
    tokenizer,
    chatTemplate: await readChatTemplate(read, tokenizer?.config['chat_template'], where),
    embedder: () => readEmbedderSettings(read, where),
    ...(await readGeneration(read, config, where)),
    licence: await readLicence(read),
    files,
    parts: hashed(files, weightFiles),
    hash: (onProgress) => hashOf(files, hashed(files, weightFiles), where, onProgress),
  };
}

/** The byte range of every tensor of a file; null where there is no such file. */
export async function rangesOf(
  files: ModelFiles,
  file: string,
  where: string,
): Promise<(readonly [name: string, range: PlacedRange])[] | null> {
  if (!files.names.includes(file)) return null;
  const read = (from: number, to: number): Promise<Uint8Array> => readWholeFile(files, file, where, from, to);
  const ranges = await readTensorRanges(read, files.size(file), `${where}/${file}`);
  return ranges.map((range) => [range.name, { ...range, file }] as const);
}

async function refuseWithoutConfig(read: FolderReader, files: ModelFiles, where: string): Promise<never> {
  const bytes = await read('adapter_config.json');
  if (bytes === null) {
    const some = files.names.length === 0 ? 'empty' : 'no config.json';
    throw new InputError(`${where}: ${some}, expected a checkpoint in Hugging Face layout or a .gguf file`);
  }
  const adapter = parseJsonObject(bytes, `${where}/adapter_config.json`);
  const { peft_type: kind = 'LORA', base_model_name_or_path: base } = adapter;
  const of = typeof base === 'string' && base !== '' ? base : 'a model that it does not name';
  throw new InputError(
    `${where}: an adapter (${String(kind)}) of ${of} and no model, expected the model it belongs to`,
  );
}

/** The file wins over the configuration; of several templates there the one named `default` is taken. */
async function readChatTemplate(read: FolderReader, configured: unknown, where: string): Promise<string | null> {
  const bytes = await read('chat_template.jinja');
  if (bytes !== null) return new TextDecoder().decode(bytes);
  if (configured === undefined || configured === null) return null;
  if (typeof configured === 'string') return configured;
  const named: unknown[] = Array.isArray(configured) ? configured : [];
  const chosen = named.filter(isJsonObject).find(({ name }) => name === 'default')?.['template'];
  if (typeof chosen === 'string') return chosen;
  throw new InputError(
    `${where}/tokenizer_config.json: chat_template is ${quote(configured)}, expected a text or a list with one named default`,
  );
}

/** Reads the licence from the model card's front matter. */
export async function readLicence(read: FolderReader): Promise<string | null> {
  const bytes = await read('README.md');
  if (bytes === null) return null;
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(new TextDecoder().decode(bytes))?.[1] ?? '';
  const named = /^license:[ \t]*["']?([\w.-]+)/m.exec(front)?.[1] ?? null;
  return named === 'other' ? (/^license_name:[ \t]*["']?([\w.-]+)/m.exec(front)?.[1] ?? named) : named;
}

/** Names of the files that make the model what it is, which its hash covers. */
export const hashed = ({ names }: ModelFiles, weightFiles: readonly string[]): string[] =>
  [
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'chat_template.jinja',
    ...weightFiles,
  ].filter((name) => names.includes(name));

const PIECE = 2 ** 22;

/** SHA-256 of the sorted hashes of the files; of one file alone, its own. */
export async function hashOf(
  files: ModelFiles,
  names: readonly string[],
  where: string,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<string> {
  const hashes: string[] = [];
  let done = 0;
  for (const name of names) {
    const hash = new Sha256();
    const size = files.size(name);
    for (let at = 0; at < size; at += PIECE) {
      const to = Math.min(at + PIECE, size);
      hash.add(await readWholeFile(files, name, where, at, to));
      done += to - at;
      onProgress(done);
    }
    hashes.push(hash.digest());
  }
  return modelHash(hashes);
}

/** A model's hash from those of its files: of one file its own, else SHA-256 of all of them sorted, a line each. */
export const modelHash = (hashes: readonly string[]): string =>
  hashes.length === 1 ? hashes[0]! : sha256([...hashes].sort().join('\n'));
