import { InputError } from '../../lib/errors';
import type { BeirDocument, BeirQuery } from './beir-types';
import { isJsonObject, parseJson, quote } from '../json';
import { streamLines } from '../lines';
import { COLUMN_NAMES, type ColumnRole } from './column-names';
import type { RoomCheck, SourceFile } from './source-file';
import type { TableHead } from './table';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Receives what is read otherwise than it stands, once a file. */
export type Note = (notice: string) => void;

/** A file of records by its name's end; null for any other. */
export function recordKind(path: string): 'jsonl' | 'csv' | 'tsv' | null {
  const [, end] = /\.(jsonl|ndjson|csv|tsv)$/i.exec(path) ?? [];
  const kind = end?.toLowerCase();
  return kind === 'ndjson' ? 'jsonl' : kind === 'jsonl' || kind === 'csv' || kind === 'tsv' ? kind : null;
}

/** Documents of a file of records, in its order. @throws InputError for a bad line or an id twice, naming the line. */
export const readDocuments = (file: SourceFile, room: RoomCheck, note: Note): Promise<BeirDocument[]> =>
  readAll(file, room, 'documents', note, documentOf);

/** Queries likewise. @throws InputError as `readDocuments` does. */
export const readQueryRecords = (file: SourceFile, room: RoomCheck, note: Note): Promise<BeirQuery[]> =>
  readAll(file, room, 'queries', note, queryOf);

export function documentOf(record: JsonRecord, where: string, named: Named = () => undefined): BeirDocument {
  return {
    id: idOf(record, where, named),
    title: textOf(record, 'title', where, ''),
    text: textOf(record, named(record, 'text') ?? 'text', where),
  };
}

export function queryOf(record: JsonRecord, where: string, named: Named = () => undefined): BeirQuery {
  const query = { id: idOf(record, where, named), text: textOf(record, named(record, 'text') ?? 'text', where) };
  const excluded = excludedOf(record, where);
  return excluded.length > 0 ? { ...query, excluded } : query;
}

/** Finds the key under which a record has a BEIR field with another name; undefined where the name is BEIR's own. */
export type Named = (record: JsonRecord, role: ColumnRole) => string | undefined;

/** Finds other names of BEIR's fields, and adds one note for each. */
export function otherNames(where: string, note: Note): Named {
  const told = new Set<string>();
  return (record, role) => {
    const [own, ...others] = COLUMN_NAMES[role];
    if (Object.hasOwn(record, own)) return undefined;
    const found = others.find((name) => Object.hasOwn(record, name));
    if (found !== undefined && !told.has(found)) {
      told.add(found);
      note(`${where}: ${quote(found)} is taken for ${quote(own)}.`);
    }
    return found;
  };
}

async function readAll<Item extends { id: string }>(
  file: SourceFile,
  room: RoomCheck,
  what: string,
  note: Note,
  parse: (record: JsonRecord, where: string, named: Named) => Item,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  const named = otherNames(file.where, note);
  for await (const { record, where } of records(file, room, note)) {
    const item = parse(record, where, named);
    checkOnce(item, seen, where);
    items.push(item);
  }
  if (items.length === 0) throw new InputError(`${file.where}: no ${what}, expected at least one line`);
  return items;
}

/** @throws InputError for an id that came before. */
export function checkOnce({ id }: { id: string }, seen: Set<string>, where: string): void {
  if (seen.has(id)) throw new InputError(`${where}: _id ${quote(id)} again, expected every _id once`);
  seen.add(id);
}

/** @throws InputError where a line is no JSON object. */
export function recordOf(text: string, where: string): JsonRecord {
  const record = parseJson(text, where);
  if (!isJsonObject(record)) throw new InputError(`${where}: ${quote(record)}, expected a JSON object`);
  return record;
}

async function* records(
  file: SourceFile,
  room: RoomCheck,
  note: Note,
): AsyncGenerator<{ record: JsonRecord; where: string }> {
  const kind = recordKind(file.path);
  if (kind === 'csv' || kind === 'tsv') {
    yield* tableRecords(file, room, kind, note);
    return;
  }
  for await (const { text, where } of streamLines(room.counted(file), file.where)) {
    yield { record: recordOf(text, where), where };
  }
}

async function* tableRecords(
  file: SourceFile,
  room: RoomCheck,
  kind: 'csv' | 'tsv',
  note: Note,
): AsyncGenerator<{ record: JsonRecord; where: string }> {
  // The library for tables is loaded where there is one.
  const { readRows, tableHead } = await import('./table');
  let head: TableHead | null = null;
  let width = 0;
  let number = 0;
  for await (const row of readRows(room.counted(file), file.where, kind)) {
    const isHead = head === null;
    if (head === null) {
      head = tableHead(row);
      width = row.cells.length;
      if (!head.named)
        note(`${file.where}: no names of columns; they are taken for _id, text${width > 2 ? ', title' : ''}.`);
      else if (head.columns.id === undefined) note(`${file.where}: no column of ids; rows are counted instead.`);
    }
    if (isHead && head.named) continue;
    number++;
    const { columns } = head;
    if (row.cells.length !== width) {
      throw new InputError(`${row.where}: ${row.cells.length} fields, expected ${width}, as in the first row`);
    }
    const cell = (at: number | undefined): string => (at === undefined ? '' : row.cells[at]!);
    const id = columns.id === undefined ? String(number) : cell(columns.id).trim();
    yield { record: { _id: id, title: cell(columns.title), text: cell(columns.text) }, where: row.where };
  }
}

/** A whole number is taken as its digits, as judgements would write it. */
function idOf(record: JsonRecord, where: string, named: Named): string {
  const id = record[named(record, 'id') ?? '_id'];
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  if (typeof id !== 'string' || id === '') throw new InputError(`${where}: _id is ${quote(id)}, expected a string`);
  return id;
}

function textOf(record: JsonRecord, key: string, where: string, fallback?: string): string {
  const text = record[key] ?? fallback;
  if (typeof text !== 'string') throw new InputError(`${where}: ${key} is ${quote(text)}, expected a string`);
  return text;
}

/** Documents that are left out of a query's ranking, as BRIGHT names them. */
function excludedOf(record: JsonRecord, where: string): string[] {
  const ids = record['excluded_ids'] ?? [];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw new InputError(`${where}: excluded_ids is ${quote(ids)}, expected a list of strings`);
  }
  // BRIGHT writes this where there are none.
  return ids.filter((id: string) => id !== 'N/A');
}
