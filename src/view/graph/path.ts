/** A hop of a search: from the document that led there to the one that was looked at, and when, from 0 to 1. */
export interface Hop {
  from: number;
  to: number;
  at: number;
}

/**
 * The hops of a search: each document of its path hangs on the one before it, seen last, that had an edge to it; where a
 * search starts there is none.
 * @param hasEdge whether an edge stood while it searched
 */
export function hopsOf(path: readonly number[], hasEdge: (from: number, to: number) => boolean): Hop[] {
  const hops: Hop[] = [];
  path.forEach((to, i) => {
    for (let j = i - 1; j >= 0; j--) {
      if (!hasEdge(path[j]!, to)) continue;
      hops.push({ from: path[j]!, to, at: path.length > 1 ? i / (path.length - 1) : 1 });
      break;
    }
  });
  return hops;
}
