import { dot } from '../graph/vectors';
import type { SearchResult } from '../search-index';
import type { RefreshSettings } from './settings';
import type { Relevant } from './reward';
import type { Staleness } from './staleness';

/** One search of the kept index before the refresh, as far as the choice of documents needs it. */
export interface Interest {
  /** L2-normalised, (d). */
  embedding: Float32Array;
  relevant: readonly Relevant[];
  found: Pick<SearchResult, 'ids' | 'scores'>;
}

/**
 * The error of a document's score, in units of √(1 − cosine) of its own drift. A drift in a random direction moves a
 * score by √(2·drift / d); documents near a query move more. Measured in docs/decisions/graph-index.md.
 */
const SCORE_ERROR = 0.25;

/**
 * Computes for each document how much of the rewards depends on its staleness. A reward changes where a relevant
 * document and another change places. For every such pair of a search, the change of the reward by the swap (Δ of 1 /
 * log2(1 + rank), not cut at k, so that what may lift a document into the first k counts too) times exp(−gap² / 2σ²),
 * with the gap of their scores and the σ of their drift rates and ages, is shared between the two by their parts in σ².
 * An extension of the paper's affected region (Search-R3, arXiv 2510.07048): those of the found documents that can
 * change a reward.
 * @param vectors kept embeddings of all documents, (N, d)
 */
export function contested(
  interests: readonly Interest[],
  vectors: Float32Array,
  staleness: Staleness,
  step: number,
): Map<number, number> {
  const doubts = new Map<number, number>();
  const add = (document: number, doubt: number): void => {
    doubts.set(document, (doubts.get(document) ?? 0) + doubt);
  };
  const variance = (document: number): number =>
    SCORE_ERROR ** 2 * staleness.driftRate(document) * staleness.age(document, step);
  for (const { embedding, relevant, found } of interests) {
    const d = embedding.length;
    for (const { document: wanted, grade } of relevant) {
      if (!(grade > 0)) continue;
      const score = dot(embedding, 0, vectors, wanted * d, d);
      const own = variance(wanted);
      let rank = 1;
      for (const [i, id] of found.ids.entries()) if (id !== wanted && found.scores[i]! > score) rank++;
      for (const [i, id] of found.ids.entries()) {
        const other = variance(id);
        if (id === wanted || own + other === 0) continue;
        const gap = found.scores[i]! - score;
        const swapped = gap > 0 ? rank - 1 : rank + 1;
        const change = grade * Math.abs(1 / Math.log2(1 + swapped) - 1 / Math.log2(1 + rank));
        const doubt = change * Math.exp((-gap * gap) / (2 * (own + other)));
        add(id, (doubt * other) / (own + other));
        add(wanted, (doubt * own) / (own + other));
      }
    }
  }
  return doubts;
}

/**
 * Chooses the documents that a local refresh re-encodes: for 1 − `oldest_share` of the budget those on which most of
 * the rewards depends, for the rest those encoded longest ago. Ascending.
 */
export function chooseRegion(
  doubts: ReadonlyMap<number, number>,
  staleness: Staleness,
  settings: Pick<RefreshSettings, 'budget' | 'oldest_share'>,
  step: number,
): Int32Array {
  const budget = Math.max(1, Math.round(settings.budget * staleness.size));
  const ranked = [...doubts]
    .filter(([, doubt]) => doubt > 0)
    .sort(([a, doubtOfA], [b, doubtOfB]) => doubtOfB - doubtOfA || a - b)
    .slice(0, Math.round(budget * (1 - settings.oldest_share)));
  const chosen = new Set(ranked.map(([document]) => document));
  for (const document of staleness.oldest(budget - chosen.size, step, chosen)) chosen.add(document);
  return Int32Array.from(chosen).sort();
}
