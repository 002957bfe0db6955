import type { BeirDocument, BeirQuery, Qrels } from '../../formats/beir';
import { bm25Tokens } from '../../retrieval/bm25-words';

/** Queries by which a weight is chosen; on none of them is anything scored. */
export interface DevelopmentSet {
  /** Judged queries of another split, titles taken away from their documents, or nothing. */
  on: 'split' | 'titles' | 'nothing';
  /** The split's name; null for titles. */
  split: string | null;
  queries: readonly BeirQuery[];
  qrels: Qrels;
  /** What is searched: all documents, those whose title is asked for without it. */
  documents: readonly BeirDocument[];
  /** Rows of the documents that are other than the collection's. */
  changed: readonly number[];
  /** Why these, in words that follow a colon. */
  why: string;
}

/** Fewer say little. */
export const LEAST = 20;
/** More say the same and take longer. */
const MOST = 200;
/** Splits are looked at in this order, then by name. */
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
 * What a weight is chosen on: the judged queries of another split where there are enough, else titles, each taken away from
 * its document, which is what it should find.
 * @param scored the split that is scored: its queries are no part of it.
 * @param isHeldOut whether the title of a row was no part of the training of the model at hand; absent: it saw none.
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

/** Its text, without the title where it begins with that. */
export function withoutTitle({ title, text }: BeirDocument): string {
  const name = title.trim();
  const start = text.trimStart();
  if (name === '' || !start.toLowerCase().startsWith(name.toLowerCase())) return text;
  return start.slice(name.length).replace(/^[\s.:;,-]+/, '');
}

/** No document of a collection is a query of this name. */
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

/** At most this many of them, from all over the list. */
const spread = <Item>(items: readonly Item[], most: number): Item[] => {
  const every = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, i) => items[Math.floor(i * every)]!);
};
