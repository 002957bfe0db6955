import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseJsonObject } from '../../formats/json';
import { InputError } from '../../lib/errors';

/** The record of a kept model. */
export interface StoredModel {
  hash: string;
  kind: 'huggingface' | 'gguf';
  name: string;
  bytes: number;
  /** Path of its folder, or of its first .gguf file. */
  path: string;
}

const HASH = /^[0-9a-f]{8,64}$/;
const CARD = 'model.json';

/** The folder of kept models, which has a folder for each hash. `SEARCH_R3_LAB_MODELS` names another place. */
export function storeFolder(): string {
  const named = process.env['SEARCH_R3_LAB_MODELS'];
  if (named !== undefined && named !== '') return named;
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache !== undefined && cache !== '' ? cache : join(homedir(), '.cache'), 'search-r3-lab', 'models');
}

/** The kept models, by name. A folder without a record is no model: its copy was not finished. */
export function keptModels(store = storeFolder()): StoredModel[] {
  let names: string[];
  try {
    names = readdirSync(store);
  } catch {
    return [];
  }
  const kept = names.flatMap((name): StoredModel[] => {
    const card = readCard(join(store, name));
    return card === null || card.hash !== name ? [] : [card];
  });
  return kept.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCard(folder: string): StoredModel | null {
  try {
    const path = join(folder, CARD);
    const { hash, kind, name, bytes, file } = parseJsonObject(readFileSync(path), path);
    if (typeof hash !== 'string' || typeof name !== 'string' || typeof bytes !== 'number') return null;
    if (kind === 'gguf' && typeof file === 'string')
      return { hash, kind, name, bytes, path: join(folder, 'files', file) };
    return kind === 'huggingface' ? { hash, kind, name, bytes, path: join(folder, 'files') } : null;
  } catch {
    return null;
  }
}

/**
 * Keeps a copy of a model's files. The record is written last, so that an unfinished copy is never taken for a model.
 * @param names of the files within the folder of `path`.
 */
export function keepModel(
  path: string,
  { hash, kind, name }: Pick<StoredModel, 'hash' | 'kind' | 'name'>,
  names: readonly string[],
  store = storeFolder(),
): StoredModel {
  const folder = join(store, hash);
  const existing = readCard(folder);
  if (existing !== null) return existing;
  const partial = join(store, `.${hash}.partial`);
  const from = kind === 'gguf' ? dirname(path) : path;
  try {
    rmSync(partial, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(partial, 'files'), { recursive: true });
    let bytes = 0;
    for (const file of names) {
      cpSync(join(from, file), join(partial, 'files', file), { dereference: true });
      bytes += statSync(join(partial, 'files', file)).size;
    }
    const card = { hash, kind, name, bytes, ...(kind === 'gguf' ? { file: basename(path) } : {}) };
    writeFileSync(join(partial, CARD), `${JSON.stringify(card, null, 2)}\n`);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${store}: ${reason}, expected a folder with room for the model`);
  }
  return readCard(folder)!;
}

/** The kept model whose hash is this or begins with it. @throws InputError where there is none, or more than one. */
function keptModel(hash: string, store = storeFolder()): StoredModel {
  const found = HASH.test(hash) ? keptModels(store).filter((model) => model.hash.startsWith(hash)) : [];
  const [model] = found;
  if (model !== undefined && found.length === 1) return model;
  const how = found.length > 1 ? `${found.length} kept models begin so` : 'no kept model';
  throw new InputError(
    `${hash}: ${how}, expected the hash of one that \`lab models\` lists, or 8 and more digits of it`,
  );
}

export function removeModel(hash: string, store = storeFolder()): StoredModel {
  const model = keptModel(hash, store);
  rmSync(join(store, model.hash), { recursive: true, force: true });
  return model;
}

/** The path of a model named on the command line: a path as it is, or that of a kept model by its hash. */
export function pathOfModel(named: string): string {
  const isPath = statSync(named, { throwIfNoEntry: false }) !== undefined;
  return !isPath && HASH.test(named) ? keptModel(named).path : named;
}
