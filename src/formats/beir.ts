import { InputError } from '../lib/errors';
import type { Folder } from './folder';
import { isJsonObject, parseJson, quote } from './json';
import { readLines } from './lines';

/** A document of a collection in BEIR layout (https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset). */
export interface BeirDocument {
  id: string;
  /** Empty where there is none. */
  title: string;
  text: string;
}
export interface BeirQuery {
  id: string;
  text: string;
}
/** Grades by query, then by document. */
export type Qrels = Map<string, Map<string, number>>;

export interface BeirCollection {
  documents: BeirDocument[];
  /** All of `queries.jsonl`, whatever their split. */
  queries: BeirQuery[];
  /** The split's judgements of known queries and documents. */
  qrels: Qrels;
  leftOut: LeftOut;
}

/** Judgements that name what the collection does not hold. */
export interface LeftOut {
  judgements_of_unknown_queries: number;
  judgements_of_unknown_documents: number;
}

/** What is indexed: the title, a space and the text. */
export const documentText = ({ title, text }: BeirDocument): string => (title === '' ? text : `${title} ${text}`);

/**
 * Reads `corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`.
 * @param where the folder's name, for messages.
 * @throws InputError for a missing file or split, or a bad line, naming file and line.
 */
export async function readBeir(folder: Folder, split: string, where: string): Promise<BeirCollection> {
  const splits = await beirSplits(folder);
  if (splits.length === 0) throw new InputError(`${where}: no qrels/*.tsv, expected a folder in BEIR layout`);
  if (!splits.includes(split)) {
    throw new InputError(`${where}: no split ${JSON.stringify(split)}, expected ${splits.join(' or ')}`);
  }
  const { documents } = await readCorpus(folder, where);
  const queries = await readQueries(folder, where);
  const judgements = await readJudgements(folder, split, where);
  return { documents, queries, ...keepKnown(judgements, queries, documents) };
}

/** Names of the splits that a folder judges. */
export const beirSplits = async (folder: Folder): Promise<string[]> =>
  (await folder.list('qrels')).filter((name) => name.endsWith('.tsv')).map((name) => name.slice(0, -4));

/** The documents with the bytes that they were read from. */
export async function readCorpus(
  folder: Folder,
  where: string,
): Promise<{ documents: BeirDocument[]; bytes: Uint8Array }> {
  const bytes = await readPart(folder, 'corpus.jsonl', where);
  return { documents: parseCorpus(bytes, `${where}/corpus.jsonl`), bytes };
}

export const readQueries = async (folder: Folder, where: string): Promise<BeirQuery[]> =>
  parseQueries(await readPart(folder, 'queries.jsonl', where), `${where}/queries.jsonl`);

export const readJudgements = async (folder: Folder, split: string, where: string): Promise<Qrels> =>
  parseQrels(await readPart(folder, `qrels/${split}.tsv`, where), `${where}/qrels/${split}.tsv`);

async function readPart(folder: Folder, name: string, where: string): Promise<Uint8Array> {
  const bytes = await folder.read(name);
  if (bytes === null) throw new InputError(`${where}: no ${name}, expected a folder in BEIR layout`);
  return bytes;
}

/** Judgements of known queries and documents; the others are counted. */
export function keepKnown(
  judgements: Qrels,
  queries: readonly BeirQuery[],
  documents: readonly BeirDocument[],
): { qrels: Qrels; leftOut: LeftOut } {
  const knownQueries = new Set(queries.map(({ id }) => id));
  const knownDocuments = new Set(documents.map(({ id }) => id));
  const leftOut = { judgements_of_unknown_queries: 0, judgements_of_unknown_documents: 0 };
  const qrels: Qrels = new Map();
  for (const [query, grades] of judgements) {
    if (!knownQueries.has(query)) {
      leftOut.judgements_of_unknown_queries += grades.size;
      continue;
    }
    const kept = new Map([...grades].filter(([document]) => knownDocuments.has(document)));
    leftOut.judgements_of_unknown_documents += grades.size - kept.size;
    if (kept.size > 0) qrels.set(query, kept);
  }
  return { qrels, leftOut };
}

/** @throws InputError for a bad line, a document twice, or no document at all. */
export function parseCorpus(bytes: Uint8Array, file: string): BeirDocument[] {
  return parseRecords(bytes, file, 'documents', (record, where) => ({
    id: idOf(record, where),
    title: textOf(record, 'title', where, ''),
    text: textOf(record, 'text', where),
  }));
}

/** Lines of `_id` and `text`. @throws InputError for a bad line, an `_id` twice, or no line at all. */
export function parseQueries(bytes: Uint8Array, file: string): BeirQuery[] {
  return parseRecords(bytes, file, 'queries', (record, where) => ({
    id: idOf(record, where),
    text: textOf(record, 'text', where),
  }));
}

type JsonRecord = Readonly<Record<string, unknown>>;

function parseRecords<Item extends { id: string }>(
  bytes: Uint8Array,
  file: string,
  what: string,
  parse: (record: JsonRecord, where: string) => Item,
): Item[] {
  const items: Item[] = [];
  const seen = new Set<string>();
  for (const { text, where } of readLines(bytes, file)) {
    const record = parseJson(items.length === 0 ? text.replace(/^\uFEFF/, '') : text, where);
    if (!isJsonObject(record)) throw new InputError(`${where}: ${quote(record)}, expected a JSON object`);
    const item = parse(record, where);
    if (seen.has(item.id)) throw new InputError(`${where}: _id ${quote(item.id)} again, expected every _id once`);
    seen.add(item.id);
    items.push(item);
  }
  if (items.length === 0) throw new InputError(`${file}: no ${what}, expected at least one line`);
  return items;
}

/** A whole number is taken as its digits, as judgements would write it. */
function idOf(record: JsonRecord, where: string): string {
  const id = record['_id'];
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  if (typeof id !== 'string' || id === '') throw new InputError(`${where}: _id is ${quote(id)}, expected a string`);
  return id;
}

function textOf(record: JsonRecord, key: string, where: string, fallback?: string): string {
  const text = record[key] ?? fallback;
  if (typeof text !== 'string') throw new InputError(`${where}: ${key} is ${quote(text)}, expected a string`);
  return text;
}

/** What the first column of judgements is called, where they have a header. */
const HEADER = /^(query|topic|q(?=[-_ ]?id))([-_ ]?id)?$/i;

const isNumber = (text: string): boolean => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);

/**
 * Judgements: query, document, grade, separated by tabs, with or without the header line.
 * @throws InputError for a bad line, a grade that is not a number, or two grades for one pair.
 */
export function parseQrels(bytes: Uint8Array, file: string): Qrels {
  const qrels: Qrels = new Map();
  let first = true;
  for (const { text, where } of readLines(bytes, file)) {
    const fields = (first ? text.replace(/^\uFEFF/, '') : text).split('\t').map((field) => field.trim());
    const isHeader = first && HEADER.test(fields[0] ?? '') && !isNumber(fields[2] ?? '');
    first = false;
    if (isHeader) continue;
    const [query = '', document = '', grade = ''] = fields;
    if (fields.length !== 3 || query === '' || document === '') {
      throw new InputError(`${where}: ${quote(text)}, expected query, document and grade, separated by tabs`);
    }
    const value = isNumber(grade) ? Number(grade) : NaN;
    if (!Number.isFinite(value)) throw new InputError(`${where}: grade is ${quote(grade)}, expected a number`);
    const grades = qrels.get(query) ?? new Map<string, number>();
    const before = grades.get(document);
    if (before !== undefined && before !== value) {
      throw new InputError(
        `${where}: grades document ${quote(document)} of query ${quote(query)} ${value} after ${before}, expected one grade`,
      );
    }
    grades.set(document, value);
    qrels.set(query, grades);
  }
  return qrels;
}
