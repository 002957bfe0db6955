import type { GraphSearch } from '../../records/records';

/** The rank that counts for a document that the search did not return. */
const LOST = 1000;
const depth = (rank: number): number => Math.log2(1 + (rank > 0 ? rank : LOST));

/** Index of the search whose rank the refresh changed most; the first where none changed; −1 where there is none. */
function mostTelling(searches: readonly GraphSearch[]): number {
  let best = searches.length > 0 ? 0 : -1;
  let most = 0;
  searches.forEach(({ rank_before, rank_after }, i) => {
    const change = Math.abs(depth(rank_before) - depth(rank_after));
    if (change <= most) return;
    most = change;
    best = i;
  });
  return best;
}

/** Index of a query's completion among a step's searches; that of `mostTelling` where it is not among them. */
export function searchOf(searches: readonly GraphSearch[], query: string | null, completion: number | null): number {
  const found = searches.findIndex((search) => search.query === query && search.completion === completion);
  return found >= 0 ? found : mostTelling(searches);
}

/** The rank before and after the refresh: `7 → 1`, `not found → 3`. */
export const rankWords = ({ rank_before, rank_after }: GraphSearch): string =>
  `${rankWord(rank_before)} → ${rankWord(rank_after)}`;
const rankWord = (rank: number): string => (rank > 0 ? rank.toLocaleString('en') : 'not found');

export const rankTrend = ({ rank_before, rank_after }: GraphSearch): 'better' | 'worse' | 'same' => {
  const change = depth(rank_after) - depth(rank_before);
  return change < 0 ? 'better' : change > 0 ? 'worse' : 'same';
};
