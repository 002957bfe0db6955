import type { CollectionFile } from '../../host/browser/api';

/** The file of documents that gives a folder its name. */
const CORPUS = /(^|\/)(corpus|collection|documents|docs)\.(jsonl|csv|tsv)(\.gz)?$/i;
/** The most files that are read: a folder of more is no collection, but probably a whole disk. */
const MOST_FILES = 200_000;

export interface DroppedFolder {
  name: string;
  files: CollectionFile[];
}

/** Files that a folder picker gave, by `webkitRelativePath`. */
export function pickedFolder(list: FileList): DroppedFolder {
  return rooted(Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** Reads what was dropped: a folder, or the files of one. */
export async function droppedFolder(items: DataTransferItemList): Promise<DroppedFolder> {
  // All must be taken before the first wait: the list is empty after it.
  const found = await Promise.all(
    Array.from(items, (item): Promise<CollectionFile[]> => {
      const entry = item.webkitGetAsEntry();
      if (entry) return filesOf(entry, entry.name);
      const file = item.getAsFile();
      return Promise.resolve(file ? [{ path: file.name, file }] : []);
    }),
  );
  return rooted(found.flat());
}

async function filesOf(entry: FileSystemEntry, path: string): Promise<CollectionFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isDirectory(entry)) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  // A reader gives a part at a time, and an empty one at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    children.push(...part);
  }
  const found = await Promise.all(children.map((child) => filesOf(child, `${path}/${child.name}`)));
  return found.flat();
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Paths below what all have in common; the folder is called as the one that the outermost corpus lies in. */
function rooted(all: readonly CollectionFile[]): DroppedFolder {
  if (all.length > MOST_FILES)
    throw new Error(`${all.length.toLocaleString('en')} files, expected a folder of documents`);
  const files = [...all].sort((a, b) => (a.path < b.path ? -1 : 1));
  const [only] = files;
  if (files.length === 1 && only) {
    const name = only.path.split('/').at(-1)!;
    return { name: name.replace(/(\.[^.]+?)(\.gz)?$/i, ''), files: [{ ...only, path: name }] };
  }
  const corpora = files.map(({ path }) => path).filter((path) => CORPUS.test(path));
  const root = foldersOf(corpora.sort((a, b) => a.length - b.length)[0] ?? common(files.map(({ path }) => path)));
  const prefix = root.map((part) => `${part}/`).join('');
  const own = files.filter(({ path }) => path.startsWith(prefix));
  return {
    name: root.at(-1) ?? 'folder',
    files: own.map(({ path, file }) => ({ path: path.slice(prefix.length), file })),
  };
}

const foldersOf = (path: string): string[] => path.split('/').slice(0, -1);

/** The folder that all paths lie in, with a `/` at its end. */
function common(paths: readonly string[]): string {
  let prefix = (paths[0] ?? '').replace(/[^/]*$/, '');
  while (!paths.every((path) => path.startsWith(prefix))) prefix = prefix.replace(/[^/]*\/$/, '');
  return prefix;
}
