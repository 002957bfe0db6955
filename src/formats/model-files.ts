import { InputError } from '../lib/errors';
import type { FolderReader } from './folder';

/** A model's folder, or one file of its own, read in ranges: on a disk, dropped on the page, or kept by it. */
export interface ModelFiles {
  /** Names of the files, sorted; of subfolders' files with their path. */
  readonly names: readonly string[];
  /** Size of a file in bytes. */
  size(name: string): number;
  /** Bytes [from, to). */
  read(name: string, from: number, to: number): Promise<Uint8Array>;
}

/** A file of any size that is read whole: configurations and tokenizers, not weights. */
const MOST = 2 ** 28;

/** Whole files by name, or null where there is none. @throws InputError for one that is no configuration by its size. */
export const wholeFiles =
  (files: ModelFiles, where: string): FolderReader =>
  async (name) => {
    if (!files.names.includes(name)) return null;
    const size = files.size(name);
    if (size > MOST) throw new InputError(`${where}/${name}: ${size} bytes, expected at most ${MOST}`);
    return readWholeFile(files, name, where, 0, size);
  };

/** Bytes [from, to) of a file. @throws InputError where fewer come: the file was cut or changed. */
export async function readWholeFile(
  files: ModelFiles,
  name: string,
  where: string,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const bytes = await files.read(name, from, to);
  if (bytes.length === to - from) return bytes;
  throw new InputError(`${where}/${name}: ${bytes.length} bytes from byte ${from} on, expected ${to - from}`);
}

/** Files that lie in memory. */
export function filesInMemory(files: ReadonlyMap<string, Uint8Array>): ModelFiles {
  const of = (name: string): Uint8Array => files.get(name) ?? new Uint8Array(0);
  return {
    names: [...files.keys()].sort(),
    size: (name) => of(name).length,
    read: (name, from, to) => Promise.resolve(of(name).slice(from, to)),
  };
}
