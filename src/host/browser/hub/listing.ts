import { isJsonObject, parseJsonObject, quote } from '../../../formats/json';
import { splitNames } from '../../../formats/gguf/splits';
import { InputError } from '../../../lib/errors';
import { isSha256 } from '../../../lib/hash';
import type { HubChoice, HubFile, HubModel } from './api';

const ID = /^[\w.-]{1,96}\/[\w.-]{1,96}$/;
const REVISION = /^[\w./-]{1,200}$/;
const COMMIT = /^[0-9a-f]{40,64}$/;
/**
 * Matches the file names that are read: those in the repository's root, and those in folders such as `1_Pooling`, where
 * a sentence embedder keeps its pooling.
 */
const FILE = /^(\d+_\w+\/)?[\w][\w. -]*$/;
const SMALL = /\.(json|jinja|md|txt|model)$|^(LICEN[CS]E|NOTICE)/i;
const WEIGHTS = /^model(-\d{5}-of-\d{5})?\.safetensors$/;
const SMALL_BYTES = 2 ** 25;

/** Checks a repository's name and revision. @throws InputError where they name no repository. */
export function checkNames(id: string, revision: string): void {
  if (!ID.test(id) || id.includes('..'))
    throw new InputError(`${quote(id)} is no model of a hub, expected OWNER/NAME, as in its address`);
  if (!REVISION.test(revision) || revision.includes('..'))
    throw new InputError(`${quote(revision)} is no revision, expected a branch, a tag or a commit`);
}

/** Reads a hub's listing of a repository. @throws InputError for an answer that is no listing. */
export function readListing(bytes: Uint8Array, id: string): HubModel {
  const json = parseJsonObject(bytes, id);
  const { sha, siblings } = json;
  if (typeof sha !== 'string' || !COMMIT.test(sha) || !Array.isArray(siblings))
    throw new InputError(`${id}: the host's answer names no commit and no files, expected a hub's`);
  const files = siblings.flatMap((entry: unknown): HubFile[] => {
    if (!isJsonObject(entry)) return [];
    const { rfilename: name, size, lfs } = entry;
    if (typeof name !== 'string' || typeof size !== 'number' || !(size >= 0) || !FILE.test(name)) return [];
    const hash = isJsonObject(lfs) ? lfs['sha256'] : null;
    return [{ name, bytes: size, sha256: typeof hash === 'string' && isSha256(hash) ? hash : null }];
  });
  const card = json['cardData'];
  const licence = isJsonObject(card) ? card['license'] : null;
  return { id, commit: sha, licence: typeof licence === 'string' ? licence : null, choices: choicesOf(files) };
}

function choicesOf(files: readonly HubFile[]): HubChoice[] {
  const choice = (label: string, own: readonly HubFile[]): HubChoice => ({
    label,
    files: own,
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const names = new Set(files.map(({ name }) => name));
  const choices: HubChoice[] = [];
  const weights = files.filter(({ name }) => WEIGHTS.test(name));
  if (names.has('config.json') && weights.length > 0) {
    // One whole file is read before shards.
    const whole = weights.filter(({ name }) => name === 'model.safetensors');
    const small = files.filter(({ name, bytes }) => SMALL.test(name) && bytes <= SMALL_BYTES);
    choices.push(choice('Hugging Face folder', [...small, ...(whole.length > 0 ? whole : weights)]));
  }
  for (const { name } of files) {
    if (!name.endsWith('.gguf') || splitNames(name)[0] !== name) continue;
    const own = splitNames(name).flatMap((split) => files.filter((file) => file.name === split));
    if (own.length === splitNames(name).length) choices.push(choice(name, own));
  }
  return choices.sort((a, b) => b.bytes - a.bytes);
}
