import type { Ranked } from './top-k';

interface WithText {
  id: string;
  text: string;
}
interface Asked extends WithText {
  /** Documents that the collection itself excludes for this query. */
  excluded?: readonly string[];
}

/** Ids of documents that are no answer to a query, by query; queries without such documents are absent. */
export type LeftOutDocuments = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Lists the documents that are left out of rankings: the document whose id is the query's, because it is the query
 * itself (ArguAna, Quora), as BEIR does by default (`ignore_identical_ids`), and documents that a query excludes
 * (BRIGHT's `excluded_ids`). Where documents and queries are both numbered from 1 or from 0, equal numbers say nothing
 * (Cranfield, CISI): then the document is the query itself only where one's text holds the other's. Here we depart from
 * BEIR, whose rule would hide answers.
 */
export function leftOutDocuments(queries: readonly Asked[], documents: readonly WithText[]): LeftOutDocuments {
  const texts = new Map(documents.map(({ id, text }) => [id, text]));
  const isNumbered = numbered(documents) && numbered(queries);
  const found = new Map<string, Set<string>>();
  for (const { id, text, excluded = [] } of queries) {
    const own = texts.get(id);
    const out = new Set(excluded.filter((other) => texts.has(other)));
    if (own !== undefined && (!isNumbered || isSame(own, text))) out.add(id);
    if (out.size > 0) found.set(id, out);
  }
  return found;
}

/** Removes the left-out documents from rankings, and counts them; the other rows keep their order. */
export function rankedWithout(
  found: readonly Ranked[],
  queries: readonly { id: string }[],
  documents: readonly { id: string }[],
  leftOut: LeftOutDocuments,
): { found: Ranked[]; count: number } {
  let count = 0;
  const kept = found.map((ranked, query): Ranked => {
    const out = leftOut.get(queries[query]!.id);
    if (!out) return ranked;
    const places = [...ranked.rows.keys()].filter((place) => !out.has(documents[ranked.rows[place]!]!.id));
    if (places.length === ranked.rows.length) return ranked;
    count += ranked.rows.length - places.length;
    return {
      rows: Int32Array.from(places, (place) => ranked.rows[place]!),
      scores: Float32Array.from(places, (place) => ranked.scores[place]!),
    };
  });
  return { found: kept, count };
}

/** Removes the left-out documents from a run in the form of its file, and counts them. */
export function runWithout<Item extends { id: string }>(
  run: ReadonlyMap<string, readonly Item[]>,
  leftOut: LeftOutDocuments,
): { run: Map<string, readonly Item[]>; count: number } {
  let count = 0;
  const kept = new Map<string, readonly Item[]>();
  for (const [query, items] of run) {
    const out = leftOut.get(query);
    const rest = out ? items.filter(({ id }) => !out.has(id)) : items;
    count += items.length - rest.length;
    kept.set(query, rest);
  }
  return { run: kept, count };
}

const numbered = (items: readonly { id: string }[]): boolean =>
  [0, 1].some((first) => items.every(({ id }, row) => id === String(first + row)));

function isSame(document: string, query: string): boolean {
  const [a, b] = [document, query].map((text) => text.toLowerCase().replace(/\s+/g, ' ').trim());
  return b !== '' && (a!.includes(b!) || (a !== '' && b!.includes(a!)));
}
