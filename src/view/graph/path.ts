/** A hop of a search: from the document that led there to the one that was looked at, and when, from 0 to 1. */
export interface Hop {
  from: number;
  to: number;
  at: number;
}

/**
 * The hops of a search: each document of its path hangs on the one before it, seen last, that had an edge to it; where a
 * search starts there is none.
 * @param neighbours where a document's edges led while it searched
 */
export function hopsOf(path: readonly number[], neighbours: (document: number) => readonly number[]): Hop[] {
  const hops: Hop[] = [];
  /** By document, the last one of the path so far that leads to it. */
  const ledBy = new Map<number, number>();
  path.forEach((to, i) => {
    const from = ledBy.get(to);
    if (from !== undefined) hops.push({ from, to, at: path.length > 1 ? i / (path.length - 1) : 1 });
    for (const next of neighbours(to)) ledBy.set(next, to);
  });
  return hops;
}
