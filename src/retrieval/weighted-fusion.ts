import { rankingFromScores, type Ranked } from './top-k';

/** The weights from which that of a model's ranking is chosen: 0 is BM25 alone, 1 the model alone. */
export const FUSION_WEIGHTS: readonly number[] = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/**
 * Adds a ranking's scores, scaled to at most 1 and times `weight`, to `into` by row: its best document has 1, a score
 * of `floor` 0, and a document that it lacks 0 (Bruch, Gai and Ingber, ACM TOIS 2023: a convex combination of scaled
 * scores learns a weight from few queries and loses less than ranks do).
 * @param floor the score that counts as 0: BM25's is 0, a cosine's that of the last document found.
 */
function scaled({ rows, scores }: Ranked, floor: number, weight: number, into: Float64Array): void {
  const best = scores[0] ?? 0;
  const range = best - floor;
  for (let at = 0; at < rows.length; at++) {
    into[rows[at]!]! += weight * (range > 0 ? (scores[at]! - floor) / range : 1);
  }
}

/** A ranking with its part in a fusion. */
export interface WeightedRanking {
  ranked: Ranked;
  /** The score that counts as 0. */
  floor: number;
  /** 0 leaves it out. */
  weight: number;
}

/**
 * Rankings as one: the weighted sum of their scores, scaled query by query to at most 1. One that alone has a weight is the
 * fusion as it is.
 * @param count number of documents.
 * @param compareTies negative where row a goes before row b of the same score; the lower row first where absent.
 */
export function fuseAll(
  rankings: readonly WeightedRanking[],
  count: number,
  topK: number,
  compareTies?: (a: number, b: number) => number,
): Ranked {
  const taken = rankings.filter(({ weight }) => weight > 0);
  const [alone] = taken;
  if (alone && taken.length === 1) return alone.ranked;
  const sums = new Float64Array(count);
  for (const { ranked, floor, weight } of taken) scaled(ranked, floor, weight, sums);
  const found = new Set(taken.flatMap(({ ranked }) => [...ranked.rows]));
  const scores = Float32Array.from(sums, (sum, row) => (found.has(row) ? sum : -1));
  const rows = rankingFromScores(scores, topK, compareTies).filter((row) => scores[row]! >= 0);
  return { rows, scores: Float32Array.from(rows, (row) => scores[row]!) };
}

/** BM25's part in a fusion: its scores begin at 0. */
export const wordsPart = (ranked: Ranked, weight: number): WeightedRanking => ({ ranked, floor: 0, weight });

/** An embedding model's part: the last document found counts as 0. */
export const modelPart = (ranked: Ranked, weight: number): WeightedRanking => ({
  ranked,
  floor: ranked.scores.at(-1) ?? 0,
  weight,
});

/** (1 − weight) · words + weight · model. At weight 0 it is the ranking of words itself, at 1 the model's. */
export const fuseWeighted = (
  { words, model }: { words: Ranked; model: Ranked },
  weight: number,
  count: number,
  topK: number,
  compareTies?: (a: number, b: number) => number,
): Ranked => fuseAll([wordsPart(words, 1 - weight), modelPart(model, weight)], count, topK, compareTies);
