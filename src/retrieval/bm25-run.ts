import { Bm25 } from './bm25';
import { compareBytes } from './metrics';

/** As deep as TREC runs go; average precision depends on it. */
export const RUN_DEPTH = 1000;

/**
 * The lexical baseline's run over a collection: at most 1,000 documents a query, ties by id, descending.
 * @param documents id and indexed text.
 */
export function bm25Run(
  documents: readonly { id: string; text: string }[],
  queries: readonly { id: string; text: string }[],
): Map<string, { id: string; score: number }[]> {
  const index = new Bm25(documents.map(({ text }) => text));
  const byIdDescending = (a: number, b: number): number => compareBytes(documents[b]!.id, documents[a]!.id);
  return new Map(
    queries.map((query) => {
      const { rows, scores } = index.search(query.text, RUN_DEPTH, byIdDescending);
      return [query.id, Array.from(rows, (row, i) => ({ id: documents[row]!.id, score: scores[i]! }))];
    }),
  );
}
