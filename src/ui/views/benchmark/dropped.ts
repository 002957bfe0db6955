import type { CollectionFile } from '../../../host/browser/api';

/** Of a folder only these are read. */
const WANTED = /^(corpus\.jsonl|queries\.jsonl|qrels\/[^/]+\.tsv)$/;

export interface DroppedFolder {
  name: string;
  files: CollectionFile[];
}

/** Files that a folder picker gave, by `webkitRelativePath`. */
export function pickedFolder(list: FileList): DroppedFolder {
  return rooted(Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** What was dropped: a folder, or the files of one. */
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

/** The collection's own paths: the folder is the one that `corpus.jsonl` lies in, the outermost of several. */
function rooted(files: readonly CollectionFile[]): DroppedFolder {
  const corpora = files.map(({ path }) => path).filter((path) => /(^|\/)corpus\.jsonl$/.test(path));
  const root = (corpora.sort((a, b) => a.length - b.length)[0] ?? files[0]?.path ?? '').split('/').slice(0, -1);
  const prefix = root.map((part) => `${part}/`).join('');
  return {
    name: root.at(-1) ?? 'folder',
    files: files.flatMap(({ path, file }) => {
      const own = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      return WANTED.test(own) ? [{ path: own, file }] : [];
    }),
  };
}
