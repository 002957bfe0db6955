import { InputError } from '../lib/errors';

/** A JSON object whose values are not checked yet. */
export type JsonObject = { readonly [key: string]: unknown };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Text of a file, without a byte order mark.
 * @throws InputError where the bytes are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${where}: not a text file, expected UTF-8`);
  }
}

/** @throws InputError where the text is not JSON. */
export function parseJson(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    if (text.startsWith('version https://git-lfs')) {
      throw new InputError(
        `${where}: a Git LFS pointer and not the file it stands for, expected a JSON document (git lfs pull brings it)`,
      );
    }
    // Python writes these by default.
    const number = /[[:,]\s*(-?Infinity|NaN)\b/.exec(text)?.[1];
    if (number !== undefined)
      throw new InputError(`${where}: holds ${number}, which JSON lacks, expected finite numbers`);
    throw new InputError(`${where}: not JSON, expected a JSON document`);
  }
}

/** @throws InputError where the bytes are not a JSON object. */
export function parseJsonObject(bytes: Uint8Array, where: string): JsonObject {
  const value = parseJson(decodeUtf8(bytes, where), where);
  if (!isJsonObject(value)) throw new InputError(`${where}: ${describe(value)}, expected a JSON object`);
  return value;
}

/** Names a value's kind in a message: `null`, `a list`, `a string`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

/** A value as it stands in a message, cut where it is long. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * The first key that any object in a valid JSON text repeats, or null. `JSON.parse` keeps the last of
 * them silently, so a file could say two things.
 */
export function repeatedKey(text: string): string | null {
  const open: Set<string>[] = [];
  const isObject: boolean[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const match of text.matchAll(token)) {
    const [found, colon] = match;
    if (found === '{' || found === '[') {
      isObject.push(found === '{');
      open.push(new Set());
    } else if (found === '}' || found === ']') {
      isObject.pop();
      open.pop();
    } else if (colon !== undefined && isObject.at(-1) === true) {
      const key: unknown = JSON.parse(found.slice(0, found.length - colon.length));
      const keys = open.at(-1);
      if (typeof key === 'string' && keys !== undefined) {
        if (keys.has(key)) return key;
        keys.add(key);
      }
    }
  }
  return null;
}
