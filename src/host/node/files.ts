import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isVisible } from '../../formats/collection/unpack';
import type { Room, SourceFile } from '../../formats/collection/source-file';
import type { Folder } from '../../formats/folder';
import { InputError } from '../../lib/errors';

const errorCode = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'not readable',
  EPERM: 'not readable',
  ELOOP: 'a link that leads to itself',
  ENAMETOOLONG: 'too long a name',
  ERR_INVALID_ARG_VALUE: 'not a path',
  ERR_FS_FILE_TOO_LARGE: 'over 2 GiB',
};

/**
 * Throws the error of a failed file access.
 * @throws InputError where a file is not what was expected; any other error unchanged.
 */
export function refuse(error: unknown, path: string, expected: string): never {
  const code = errorCode(error);
  const reason = typeof code === 'string' && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (reason === undefined) throw error;
  throw new InputError(`${path}: ${reason}, expected ${expected}`);
}

/**
 * Reads a file.
 * @param expected what it should be, for the message: `a TREC run file`.
 * @throws InputError where it is missing or cannot be read.
 */
export function readBytes(path: string, expected: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    refuse(error, path, expected);
  }
}

/** Lists a folder. @throws InputError where the path is not a folder. @returns the names in it, sorted. */
export function listFolder(path: string, expected: string): string[] {
  try {
    if (!statSync(path).isDirectory()) throw new InputError(`${path}: a file, expected ${expected}`);
    return readdirSync(path).sort();
  } catch (error) {
    refuse(error, path, expected);
  }
}

/**
 * A folder whose files are read by name: a checkpoint's, a collection's.
 * @param expected what it should be, for the message: `a folder in BEIR layout`.
 * @throws InputError where the folder itself is missing.
 */
export function openFolder(folder: string, expected: string): Folder {
  listFolder(folder, expected);
  const absent = (error: unknown): boolean => errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
  return {
    read: async (name) => {
      const path = join(folder, name);
      try {
        return await readFile(path);
      } catch (error) {
        return absent(error) ? null : refuse(error, path, 'a readable file');
      }
    },
    list: async (name) => {
      try {
        return (await readdir(join(folder, name))).sort();
      } catch (error) {
        return absent(error) ? [] : refuse(error, join(folder, name), 'a readable folder');
      }
    },
  };
}

/** The most bytes of documents that the command line holds, by Node's own heap. */
export const ROOM: Room = { bytes: 2 ** 31, of: 'the command line' };

/** The most nested folders that are searched; a collection has fewer. */
const DEPTH = 6;

/**
 * The files of a user's documents: a folder with everything in it, or one file.
 * @param expected what it should be, for the message.
 * @throws InputError where it is missing; and when a file is read, where that fails.
 */
export function openSources(path: string, expected: string): SourceFile[] {
  let size: number | null = null;
  try {
    const found = statSync(path);
    if (!found.isDirectory()) size = found.size;
  } catch (error) {
    refuse(error, path, expected);
  }
  return size === null ? filesBelow(path, '', expected) : [sourceAt(path, basename(path), size)];
}

function filesBelow(folder: string, prefix: string, expected: string): SourceFile[] {
  return listFolder(join(folder, prefix), expected).flatMap((name): SourceFile[] => {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (!found || !isVisible({ path: name })) return [];
    if (!found.isDirectory()) return [sourceAt(join(folder, path), path, found.size)];
    return path.split('/').length < DEPTH ? filesBelow(folder, path, expected) : [];
  });
}

const sourceAt = (whole: string, path: string, size: number): SourceFile => ({
  path,
  where: whole,
  size,
  read: async function* () {
    try {
      for await (const piece of createReadStream(whole)) if (piece instanceof Uint8Array) yield piece;
    } catch (error) {
      refuse(error, whole, 'a readable file');
    }
  },
});
