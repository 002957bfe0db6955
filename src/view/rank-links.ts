import type { SearchHit } from '../host/browser/api';

/** One document that both rankings hold, by its places from 0. */
export interface RankLink {
  document: number;
  from: number;
  to: number;
  relevant: boolean;
}

/** Lines between the same documents of two rankings, in the order of the first. */
export function rankLinks(left: readonly SearchHit[], right: readonly SearchHit[]): RankLink[] {
  const places = new Map(right.map(({ document }, place) => [document, place]));
  return left.flatMap(({ document, relevant }, from) => {
    const to = places.get(document);
    return to === undefined ? [] : [{ document, from, to, relevant: relevant === true }];
  });
}
