import type { ModelFiles } from '../../../formats/model-files';
import { InputError } from '../../../lib/errors';
import type { CollectionFile } from '../benchmark/api';
import type { StoreFolder } from '../runs/files';

/** The flat name under which a file of a model's folder is stored; the `/` of subfolders is encoded. */
export const fileName = (name: string): string => encodeURIComponent(name);

/** A kept model's files, read in ranges. */
export async function keptFiles(folder: StoreFolder): Promise<ModelFiles> {
  const sizes = new Map([...(await folder.files())].map(([name, size]) => [decodeURIComponent(name), size]));
  return {
    names: [...sizes.keys()].sort(),
    size: (name) => sizes.get(name) ?? 0,
    read: async (name, from, to) => (await folder.read(fileName(name), from, to - from)) ?? new Uint8Array(0),
  };
}

/**
 * Matches the file that makes a folder a model's; the outermost match counts, as downloads have folders around them.
 */
const MODEL = /(^|\/)(config\.json|adapter_config\.json|[^/]+\.gguf)$/;

/** Files that were dropped or picked, read in ranges. @param where the folder's or the file's name, for messages. */
export function droppedFiles(files: readonly CollectionFile[], where: string): ModelFiles {
  const depth = (path: string): number => path.split('/').length;
  const [root] = files
    .map(({ path }) => path)
    .filter((path) => MODEL.test(path))
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  const prefix = root?.replace(/[^/]*$/, '') ?? '';
  const own = files.filter(({ path }) => path.startsWith(prefix));
  const blobs = new Map(own.map(({ path, file }) => [path.slice(prefix.length), file]));
  return {
    names: [...blobs.keys()].sort(),
    size: (name) => blobs.get(name)?.size ?? 0,
    read: async (name, from, to) => {
      const slice = blobs.get(name)?.slice(from, to);
      const bytes = await slice?.arrayBuffer().catch(() => {
        throw new InputError(`${where}/${name}: the browser could not read it, expected a file that is still there`);
      });
      return new Uint8Array(bytes ?? new ArrayBuffer(0));
    },
  };
}
