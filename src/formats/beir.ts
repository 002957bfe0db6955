import { InputError } from '../lib/errors';
import type { BeirDocument, BeirQuery, Qrels } from './collection/beir-types';
import { Judgements } from './collection/judgements';
import {
  checkOnce,
  documentOf,
  otherNames,
  queryOf,
  recordOf,
  type JsonRecord,
  type Named,
} from './collection/records';
import { readLines } from './lines';

export type { BeirDocument, BeirQuery, Qrels };

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

/** The text of a document that is indexed: its title, a space and its text. */
export const documentText = ({ title, text }: BeirDocument): string => (title === '' ? text : `${title} ${text}`);

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
export const parseCorpus = (bytes: Uint8Array, file: string): BeirDocument[] =>
  parseRecords(bytes, file, 'documents', documentOf);

/** Lines of `_id` and `text`. @throws InputError for a bad line, an `_id` twice, or no line at all. */
export const parseQueries = (bytes: Uint8Array, file: string): BeirQuery[] =>
  parseRecords(bytes, file, 'queries', queryOf);

function parseRecords<Item extends { id: string }>(
  bytes: Uint8Array,
  file: string,
  what: string,
  parse: (record: JsonRecord, where: string, named: Named) => Item,
): Item[] {
  const items: Item[] = [];
  const seen = new Set<string>();
  const named = otherNames(file, () => undefined);
  for (const { text, where } of readLines(bytes, file)) {
    const item = parse(recordOf(text, where), where, named);
    checkOnce(item, seen, where);
    items.push(item);
  }
  if (items.length === 0) throw new InputError(`${file}: no ${what}, expected at least one line`);
  return items;
}

/**
 * Judgements: query, document and grade, with or without the header line, or TREC's four columns, separated by tabs,
 * spaces or commas.
 * @throws InputError for a bad line, a grade that is not a number, or two grades for one pair.
 */
export function parseQrels(bytes: Uint8Array, file: string): Qrels {
  const judgements = new Judgements();
  for (const line of readLines(bytes, file)) judgements.add(line);
  return judgements.qrels;
}
