import type { SearchHit } from '../host/browser/api';

/** A document's row in a ranking; `place` counts from 1. */
export interface RankedHit {
  hit: SearchHit;
  place: number;
}

/** A ranking's rows, and below them the right document where its rank is lower and the other ranking shows it. */
export function withBeyond(hits: readonly SearchHit[], rank: number | null, other: readonly SearchHit[]): RankedHit[] {
  const rows = hits.map((hit, at) => ({ hit, place: at + 1 }));
  const beyond = other.find(({ relevant }) => relevant === true);
  if (!beyond || rank === null || rank <= hits.length || hits.some(({ relevant }) => relevant === true)) return rows;
  return [...rows, { hit: { ...beyond, score: NaN }, place: rank }];
}

/** A document that is in both rankings, by its indices from 0. */
export interface RankLink {
  document: number;
  from: number;
  to: number;
  relevant: boolean;
}

/** The links between equal documents of two rankings, in the order of the first. */
export function rankLinks(left: readonly RankedHit[], right: readonly RankedHit[]): RankLink[] {
  const places = new Map(right.map(({ hit }, place) => [hit.document, place]));
  return left.flatMap(({ hit: { document, relevant } }, from) => {
    const to = places.get(document);
    return to === undefined ? [] : [{ document, from, to, relevant: relevant === true }];
  });
}
