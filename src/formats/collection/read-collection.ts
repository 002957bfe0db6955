import { InputError, inputSentence } from '../../lib/errors';
import { joined } from '../../lib/joined';
import { sha256 } from '../../lib/hash';
import { keepKnown, type BeirCollection, type BeirDocument, type BeirQuery, type Qrels } from '../beir';
import { quote } from '../json';
import { readQrels } from './judgements';
import { collectionLayout, type Layout } from './layout';
import { readDocuments, readQueryRecords, recordKind, type Note } from './records';
import { RoomCheck, type Room, type SourceFile } from './source-file';
import { readTexts } from './texts';
import { unpackedFiles } from './unpack';

/** The part of a message that says which files can be read. */
const READABLE =
  'documents as corpus.jsonl or other .jsonl, .csv or .tsv, or as .txt, Markdown or HTML files, also .gz or in a .zip';
/** Endings named in a sentence. */
const NAMED = 3;

/** Documents with the bytes by which a session names them. */
export interface Corpus {
  documents: BeirDocument[];
  /** `corpus.jsonl`: as it was read where there is one, else written from the documents. */
  bytes: Uint8Array;
  hash: string;
}

/** A folder that was opened: its documents, its queries where it has some, and all judgements that can be read. */
export interface Collection {
  corpus: Corpus;
  queries: BeirQuery[];
  splits: ReadonlyMap<string, Qrels>;
  /** Judgements that cannot be read, and why. */
  unreadable: readonly { split: string; reason: string }[];
  /** Sentences about what is read otherwise than it stands, or left out. */
  notices: readonly string[];
}

/**
 * Reads a collection from a user's files. Documents alone are enough.
 * @param where the folder's name, for messages.
 * @throws InputError where there are no documents, or for a bad line of documents or queries, naming file and line.
 */
export async function readCollection(files: readonly SourceFile[], where: string, room: Room): Promise<Collection> {
  const notices: string[] = [];
  const note: Note = (notice) => notices.push(notice);
  const layout = collectionLayout(await unpackedFiles(files, room));
  const corpus = identified(await readCorpus(layout, where, room, note, true));
  const queries = layout.queries ? await readQueryRecords(layout.queries, new RoomCheck(room), note) : [];
  const splits = new Map<string, Qrels>();
  const unreadable: { split: string; reason: string }[] = [];
  for (const [split, file] of layout.splits) {
    try {
      splits.set(split, await readQrels(file));
    } catch (error) {
      unreadable.push({ split, reason: inputSentence(error) });
    }
  }
  if (layout.aside.length > 0) note(asideSentence(layout.aside));
  return { corpus, queries, splits, unreadable, notices };
}

/**
 * A collection to be scored by one split: what the command line asks for.
 * @returns it, and the judgements of its other splits, of which those that cannot be read are empty.
 * @throws InputError where the documents, the queries or the split are missing, or for a bad line.
 */
export async function readBeir(
  files: readonly SourceFile[],
  split: string,
  where: string,
  room: Room,
): Promise<BeirCollection & { notices: readonly string[]; others: ReadonlyMap<string, Qrels> }> {
  const notices: string[] = [];
  const note: Note = (notice) => notices.push(notice);
  const layout = collectionLayout(await unpackedFiles(files, room));
  const { splits } = layout;
  if (splits.size === 0) throw new InputError(`${where}: no qrels/*.tsv, expected a folder in BEIR layout`);
  const judged = splits.get(split);
  if (!judged) {
    throw new InputError(`${where}: no split ${JSON.stringify(split)}, expected ${[...splits.keys()].join(' or ')}`);
  }
  const { documents } = await readCorpus(layout, where, room, note, false);
  if (!layout.queries) throw new InputError(`${where}: no queries.jsonl, expected a folder in BEIR layout`);
  const queries = await readQueryRecords(layout.queries, new RoomCheck(room), note);
  const own = keepKnown(await readQrels(judged), queries, documents);
  const others = new Map<string, Qrels>();
  for (const [name, file] of splits) {
    if (name !== split) others.set(name, keepKnown(await readOther(file), queries, documents).qrels);
  }
  return { documents, queries, ...own, notices, others };
}

/** Judgements that are not asked for, empty where they cannot be read. */
async function readOther(file: SourceFile): Promise<Qrels> {
  try {
    return await readQrels(file);
  } catch (error) {
    if (error instanceof InputError) return new Map();
    throw error;
  }
}

/** Documents alone: what is encoded, or trained on. @throws InputError as `readCollection` does. */
export async function readCorpusAlone(
  files: readonly SourceFile[],
  where: string,
  room: Room,
): Promise<Corpus & { notices: readonly string[] }> {
  const notices: string[] = [];
  const layout = collectionLayout(await unpackedFiles(files, room));
  // A lone file is the documents, whatever it is called: lines of JSON where its name does not say.
  const alone = files.length === 1 && layout.corpus.length === 0 ? (layout.queries ?? layout.aside[0]) : undefined;
  const corpus = alone ? [recordKind(alone.path) ? alone : { ...alone, path: `${alone.path}.jsonl` }] : layout.corpus;
  const read = await readCorpus({ ...layout, corpus }, where, room, (notice) => notices.push(notice), true);
  return { ...identified(read), notices };
}

/** Documents, and the bytes that they were read from where these name them. */
interface ReadDocuments {
  documents: BeirDocument[];
  kept: readonly Uint8Array[] | null;
}

/** @param keeps whether the bytes of a `corpus.jsonl` are kept: they take as much memory again. */
async function readCorpus(
  { corpus, aside, queries, splits }: Layout,
  where: string,
  room: Room,
  note: Note,
  keeps: boolean,
): Promise<ReadDocuments> {
  const [first] = corpus;
  if (!first) {
    const found = [...aside, ...(queries ? [queries] : []), ...splits.values()];
    const missing = queries || splits.size > 0 ? 'no corpus.jsonl' : 'no documents in it';
    const what = found.length > 0 ? ` (it holds ${endings(found)})` : '';
    throw new InputError(`${where}: ${missing}${what}, expected a folder in BEIR layout or ${READABLE}`);
  }
  const check = new RoomCheck(room);
  check.expect(corpus);
  if (recordKind(first.path) === null) return { documents: await readTexts(corpus, check, note), kept: null };
  if (corpus.length > 1) return { documents: await readRecordFiles(corpus, check, note), kept: null };
  if (!keeps || recordKind(first.path) !== 'jsonl') {
    return { documents: await readDocuments(first, check, note), kept: null };
  }
  const kept: Uint8Array[] = [];
  return { documents: await readDocuments(keeping(first, kept), check, note), kept };
}

/** The same documents have the same name, whatever they were read from; a `corpus.jsonl` goes by its own bytes. */
function identified({ documents, kept }: ReadDocuments): Corpus {
  const bytes = kept ? joined(kept, Uint8Array) : writeCorpus(documents);
  return { documents, bytes, hash: sha256(bytes) };
}

/** Several files of records as one corpus; an id that two of them have is made two by their names. */
async function readRecordFiles(files: readonly SourceFile[], check: RoomCheck, note: Note): Promise<BeirDocument[]> {
  const documents: BeirDocument[] = [];
  const ids = new Set<string>();
  for (const file of files) {
    for (const document of await readDocuments(file, check, note)) {
      const id = ids.has(document.id) ? `${file.path}:${document.id}` : document.id;
      if (ids.has(id)) throw new InputError(`${file.where}: _id ${quote(document.id)} again, expected every _id once`);
      ids.add(id);
      documents.push({ ...document, id });
    }
  }
  return documents;
}

/** The file, whose pieces are kept as they are read. */
const keeping = (file: SourceFile, kept: Uint8Array[]): SourceFile => ({
  ...file,
  read: async function* () {
    for await (const piece of file.read()) {
      kept.push(piece);
      yield piece;
    }
  },
});

function writeCorpus(documents: readonly BeirDocument[]): Uint8Array {
  const encoder = new TextEncoder();
  return joined(
    documents.map(({ id, title, text }) => encoder.encode(`${JSON.stringify({ _id: id, title, text })}\n`)),
    Uint8Array,
  );
}

function asideSentence(files: readonly SourceFile[]): string {
  const [first] = files;
  return files.length === 1
    ? `${first!.path} is left aside: it is no part of a collection.`
    : `${files.length} files are left aside (${endings(files)}): they are no part of a collection.`;
}

function endings(files: readonly SourceFile[]): string {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const [end = 'without an ending'] = /\.[^./]+$/.exec(path) ?? [];
    counts.set(end.toLowerCase(), (counts.get(end.toLowerCase()) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, NAMED);
  return `${most.map(([end, count]) => `${count} ${end}`).join(', ')}${counts.size > NAMED ? ' and others' : ''}`;
}
