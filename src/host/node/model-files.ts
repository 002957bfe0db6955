import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ModelFiles } from '../../formats/model-files';
import { splitNames } from '../../formats/gguf/splits';
import { InputError } from '../../lib/errors';
import { listFolder, refuse } from './files';

/**
 * A model's files on the disk: all of a folder's own, with those of its modules' folders, or one .gguf file with the
 * splits beside it.
 * @throws InputError where there is nothing of that name, or a file that is no .gguf.
 */
export async function modelFilesAt(path: string, expected: string): Promise<ModelFiles> {
  const found = await stat(path).catch((error: unknown) => refuse(error, path, expected));
  const folder = found.isDirectory() ? path : dirname(path);
  const listed = await names(path, found.isDirectory(), expected);
  const sizes = new Map<string, number>();
  for (const name of listed) {
    const at = await stat(join(folder, name)).catch(() => null);
    if (at?.isFile() === true) sizes.set(name, at.size);
  }
  return {
    names: [...sizes.keys()].sort(),
    size: (name) => sizes.get(name) ?? 0,
    read: (name, from, to) => readRange(join(folder, name), from, to),
  };
}

/** Reads bytes [from, to) of a file, or as many as it has, and closes it again: a model is never closed as a whole. */
async function readRange(path: string, from: number, to: number): Promise<Uint8Array> {
  const handle = await open(path).catch((error: unknown) => refuse(error, path, 'a readable file'));
  try {
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** Matches folders such as `1_Pooling`, in which sentence embedders keep their pooling. */
const MODULE_FOLDER = /^\d+_\w+$/;

async function names(path: string, isFolder: boolean, expected: string): Promise<string[]> {
  if (isFolder) {
    const own = listFolder(path, expected);
    const inner = await Promise.all(
      own
        .filter((name) => MODULE_FOLDER.test(name))
        .map(async (folder) => {
          const found = await readdir(join(path, folder)).catch(() => []);
          return found.map((name) => `${folder}/${name}`);
        }),
    );
    return [...own, ...inner.flat()];
  }
  const file = basename(path);
  if (!file.endsWith('.gguf')) throw new InputError(`${path}: a file that is no .gguf, expected ${expected}`);
  const beside = new Set(await readdir(dirname(path)));
  return splitNames(file).filter((name) => beside.has(name));
}
