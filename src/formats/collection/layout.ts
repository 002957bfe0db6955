import { recordKind } from './records';
import { textKind } from './texts';
import type { SourceFile } from './source-file';

/** Which file of a folder is what. */
export interface Layout {
  /** Records or texts; empty where nothing is readable as documents. */
  corpus: readonly SourceFile[];
  queries: SourceFile | null;
  /** Judgements by the name of their split. */
  splits: ReadonlyMap<string, SourceFile>;
  /** Files that are none of these. */
  aside: readonly SourceFile[];
}

const CORPUS = /^(corpus|collection|documents|docs)\.[^./]+$/i;
const QUERIES = /^(queries|topics|questions)\.[^./]+$/i;
const IN_QRELS = /^qrels\/([^/]+)\.(tsv|txt|csv|qrels|trec)$/i;
const QRELS = /^(?:qrels[._-]?([^/]*)\.(?:tsv|txt|csv|trec)|([^/]+)\.qrels?)$/i;

/**
 * Sorts the files of a folder. Documents are the file called `corpus` (or `collection`, `documents`), else all other
 * records (`.jsonl`, `.csv`, `.tsv`), else all texts (`.txt`, Markdown, HTML). The folder begins where the corpus lies.
 */
export function collectionLayout(all: readonly SourceFile[]): Layout {
  const files = rooted(all);
  const splits = new Map<string, SourceFile>();
  const rest: SourceFile[] = [];
  let queries: SourceFile | null = null;
  for (const file of files) {
    const split = splitOf(file.path);
    if (split !== null) splits.set(split, file);
    else if (queries === null && QUERIES.test(file.path) && recordKind(file.path)) queries = file;
    else rest.push(file);
  }
  const corpus = corpusOf(rest);
  const taken = new Set(corpus);
  return { corpus, queries, splits, aside: rest.filter((file) => !taken.has(file)) };
}

const isCorpus = ({ path }: SourceFile): boolean => CORPUS.test(path.split('/').at(-1)!) && recordKind(path) !== null;

function corpusOf(files: readonly SourceFile[]): SourceFile[] {
  const named = files.find((file) => isCorpus(file) && !file.path.includes('/'));
  if (named) return [named];
  const records = files.filter(({ path }) => recordKind(path) !== null);
  return records.length > 0 ? records : files.filter(({ path }) => textKind(path) !== null);
}

function splitOf(path: string): string | null {
  const [, inFolder] = IN_QRELS.exec(path) ?? [];
  if (inFolder !== undefined) return inFolder;
  const found = QRELS.exec(path);
  return found ? (found[1] ?? '') || (found[2] ?? '') || 'qrels' : null;
}

/** Paths below the folder that the outermost corpus lies in, or else below what all have in common. */
function rooted(files: readonly SourceFile[]): SourceFile[] {
  const corpora = files.filter(isCorpus).map(({ path }) => path);
  const [corpus] = corpora.sort((a, b) => a.split('/').length - b.split('/').length);
  const prefix = corpus === undefined ? common(files.map(({ path }) => path)) : folderOf(corpus);
  return files.flatMap((file) => {
    if (!file.path.startsWith(prefix)) return [];
    return [{ ...file, path: file.path.slice(prefix.length) }];
  });
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

function common(paths: readonly string[]): string {
  let prefix = folderOf(paths[0] ?? '');
  while (!paths.every((path) => path.startsWith(prefix))) prefix = folderOf(prefix.slice(0, -1));
  return prefix;
}
