import type { BeirDocument, BeirQuery, Qrels } from '../../formats/beir';
import { bm25Tokens } from '../../retrieval/bm25-words';

/** Queries on which a fusion weight is chosen; no figure is reported on them. */
export interface DevelopmentSet {
  /** Judged queries of another split, titles taken away from their documents, or nothing. */
  on: 'split' | 'titles' | 'nothing';
  /** The split's name; null for titles. */
  split: string | null;
  queries: readonly BeirQuery[];
  qrels: Qrels;
  /** The documents that are searched: all of them, those whose title is a query without that title. */
  documents: readonly BeirDocument[];
  /** Rows of the documents that differ from the collection's, because their title was taken away. */
  changed: readonly number[];
  /** Why these queries, in words that follow a colon. */
  why: string;
}

/** The fewest queries that a weight is chosen on: fewer say little. */
export const LEAST = 20;
/** The most queries that a weight is chosen on: more say the same and take longer. */
const MOST = 200;
/** The order in which splits are tried; other names come after these, by alphabet. */
const PREFERRED = ['dev', 'validation', 'valid', 'val', 'train'];
const LEAST_TITLE_WORDS = 2;
const LEAST_TEXT_WORDS = 5;

export interface JudgedQuery {
  documents: readonly BeirDocument[];
  queries: readonly BeirQuery[];
  /** Judgements of known queries and documents, by split. */
  splits: ReadonlyMap<string, Qrels>;
}

/**
 * Makes the queries that a fusion weight is chosen on: the judged queries of another split where there are enough, else
 * titles, each taken away from its document, which is the one to find.
 * @param scored the split that is scored: its queries are left out.
 * @param isHeldOut whether the model was trained without the title of a row; absent: it saw no title.
 */
export function developmentSet(
  { documents, queries, splits }: JudgedQuery,
  scored: string,
  isHeldOut?: (row: number) => boolean,
): DevelopmentSet {
  const others = developmentSplits(splits, scored).map((split) => ({
    split,
    asked: queries.filter(({ id }) => isScorable(splits.get(split)?.get(id)) && !splits.get(scored)?.has(id)),
  }));
  const enough = others.find(({ asked }) => asked.length >= LEAST);
  if (enough) {
    const { split, asked } = enough;
    const chosen = spread(asked, MOST);
    return {
      on: 'split',
      split,
      queries: chosen,
      qrels: new Map(chosen.flatMap(({ id }) => entryOf(splits.get(split), id))),
      documents,
      changed: [],
      why: `chosen on ${chosen.length} judged queries of ${split}`,
    };
  }
  const few = others.filter(({ asked }) => asked.length > 0);
  const because =
    few.length > 0
      ? `${few.map(({ split, asked }) => `${split} has ${asked.length} judged ${asked.length === 1 ? 'query' : 'queries'}`).join(', ')}, fewer than ${LEAST}`
      : 'no other split has judged queries';
  return titles(documents, isHeldOut, because);
}

function titles(
  documents: readonly BeirDocument[],
  isHeldOut: ((row: number) => boolean) | undefined,
  because: string,
): DevelopmentSet {
  const counts = new Map<string, number>();
  for (const { title } of documents) counts.set(key(title), (counts.get(key(title)) ?? 0) + 1);
  const rows = [...documents.keys()].filter((row) => {
    const { title } = documents[row]!;
    return (
      (isHeldOut?.(row) ?? true) &&
      counts.get(key(title)) === 1 &&
      words(title) >= LEAST_TITLE_WORDS &&
      words(withoutTitle(documents[row]!)) >= LEAST_TEXT_WORDS
    );
  });
  if (rows.length < LEAST) {
    return {
      on: 'nothing',
      split: null,
      queries: [],
      qrels: new Map(),
      documents,
      changed: [],
      why: `${because}, and ${rows.length} titles can be asked for, fewer than ${LEAST}: both count the same`,
    };
  }
  const changed = spread(rows, MOST);
  const asked = new Set(changed);
  return {
    on: 'titles',
    split: null,
    queries: changed.map((row) => ({ id: queryId(documents[row]!), text: documents[row]!.title.trim() })),
    qrels: new Map(changed.map((row) => [queryId(documents[row]!), new Map([[documents[row]!.id, 1]])])),
    documents: documents.map((document, row) =>
      asked.has(row) ? { ...document, title: '', text: withoutTitle(document) } : document,
    ),
    changed,
    why: `${because}: chosen on ${changed.length} titles, ${isHeldOut ? 'held out of training and ' : ''}taken away from their documents`,
  };
}

/** A document's text, without its title where the text begins with the title. */
export function withoutTitle({ title, text }: BeirDocument): string {
  const name = title.trim();
  const start = text.trimStart();
  if (name === '' || !start.toLowerCase().startsWith(name.toLowerCase())) return text;
  return start.slice(name.length).replace(/^[\s.:;,-]+/, '');
}

/** The id of a title as a query; no document of a collection is called so. */
const queryId = ({ id }: BeirDocument): string => `title of ${id}`;
const key = (title: string): string => title.trim().toLowerCase();
const words = (text: string): number => bm25Tokens(text).length;
const isScorable = (grades: ReadonlyMap<string, number> | undefined): boolean =>
  [...(grades?.values() ?? [])].some((grade) => grade > 0);
const entryOf = (qrels: Qrels | undefined, id: string): [string, Map<string, number>][] => {
  const grades = qrels?.get(id);
  return grades ? [[id, grades]] : [];
};

function developmentSplits(splits: ReadonlyMap<string, Qrels>, scored: string): string[] {
  const place = (name: string): number => {
    const at = PREFERRED.indexOf(name.toLowerCase());
    return at < 0 ? PREFERRED.length : at;
  };
  return [...splits.keys()].filter((name) => name !== scored).sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** At most `most` items, evenly spaced over the list. */
const spread = <Item>(items: readonly Item[], most: number): Item[] => {
  const every = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, i) => items[Math.floor(i * every)]!);
};
