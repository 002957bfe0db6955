/** A hop of a search: from one document to the next that was expanded, and its time from 0 to 1. */
export interface Hop {
  from: number;
  to: number;
  at: number;
}

/**
 * The hops of a search: each document of its path comes from the last one before it that has an edge to it; a start of
 * the search comes from none.
 * @param neighbours edges of a document at the time of the search
 */
export function hopsOf(path: readonly number[], neighbours: (document: number) => readonly number[]): Hop[] {
  const hops: Hop[] = [];
  /** For each document, the last one of the path so far that has an edge to it. */
  const ledBy = new Map<number, number>();
  path.forEach((to, i) => {
    const from = ledBy.get(to);
    if (from !== undefined) hops.push({ from, to, at: path.length > 1 ? i / (path.length - 1) : 1 });
    for (const next of neighbours(to)) ledBy.set(next, to);
  });
  return hops;
}
