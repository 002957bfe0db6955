import type { OnProgress } from '../lib/progress';
import { Bm25 } from './bm25';
import { fuse } from './fusion';
import { compareBytes, RUN_DEPTH } from './metrics';
import type { Ranked } from './top-k';

interface WithId {
  id: string;
}
interface WithText extends WithId {
  text: string;
}

/** Breaks ties as trec_eval does, so that a run that was written and read again is the same ranking. */
export const byIdDescending =
  (documents: readonly WithId[]) =>
  (a: number, b: number): number =>
    compareBytes(documents[b]!.id, documents[a]!.id);

/** Number of queries between two progress reports. */
const REPORT_EVERY = 16;

/**
 * The lexical baseline: at most 1,000 documents a query that share a word with it.
 * @param documents id and indexed text.
 */
export async function bm25Rankings(
  documents: readonly WithText[],
  queries: readonly WithText[],
  onProgress: OnProgress = () => undefined,
): Promise<Ranked[]> {
  const index = new Bm25(documents.map(({ text }) => text));
  const compareTies = byIdDescending(documents);
  const found: Ranked[] = [];
  for (const { text } of queries) {
    found.push(index.search(text, RUN_DEPTH, compareTies));
    if (found.length % REPORT_EVERY === 0) await onProgress(found.length, queries.length);
  }
  return found;
}

/** Number of queries for which BM25 found nothing: no document holds a word of theirs. */
export const queriesWithoutWord = (found: readonly Ranked[]): number =>
  found.filter(({ rows }) => rows.length === 0).length;

/** Fuses several rankings of the same queries, query by query. */
export function fuseRankings(systems: readonly (readonly Ranked[])[], documents: readonly WithId[]): Ranked[] {
  const compareTies = byIdDescending(documents);
  return (systems[0] ?? []).map((_, query) =>
    fuse(
      systems.map((found) => found[query]!.rows),
      documents.length,
      RUN_DEPTH,
      compareTies,
    ),
  );
}

/** Rankings under the ids of their queries and documents, as a run file holds them. */
export function runOf(
  queries: readonly WithId[],
  documents: readonly WithId[],
  found: readonly Ranked[],
): Map<string, { id: string; score: number }[]> {
  return new Map(
    queries.map(({ id }, query) => {
      const { rows, scores } = found[query]!;
      return [id, Array.from(rows, (row, at) => ({ id: documents[row]!.id, score: scores[at]! }))];
    }),
  );
}
