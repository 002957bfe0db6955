import { rankingFromScores, type Ranked } from './top-k';

/**
 * The constant k of reciprocal-rank fusion, by which first places count less than with 1 / rank: 60, as in the paper.
 */
const FUSION_K = 60;

/**
 * Reciprocal-rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): a document's score is the sum over the rankings of
 * 1 / (k + rank), ranks from 1. A ranking that lacks a document adds nothing to it.
 * @param rankings rows of documents, best first, each once.
 * @param count number of documents.
 * @returns scores by row (count), 0 for a document in no ranking.
 */
export function reciprocalRankFusion(rankings: readonly ArrayLike<number>[], count: number): Float32Array {
  const sums = new Float64Array(count);
  for (const ranking of rankings) {
    for (let at = 0; at < ranking.length; at++) sums[ranking[at]!]! += 1 / (FUSION_K + at + 1);
  }
  return Float32Array.from(sums);
}

/**
 * Fuses rankings into one: documents that are in at least one of them, best first.
 * @param compareTies negative where row a goes before row b of the same score; the lower row first where absent.
 */
export function fuse(
  rankings: readonly ArrayLike<number>[],
  count: number,
  topK: number,
  compareTies?: (a: number, b: number) => number,
): Ranked {
  const scores = reciprocalRankFusion(rankings, count);
  const rows = rankingFromScores(scores, topK, compareTies).filter((row) => scores[row]! > 0);
  return { rows, scores: Float32Array.from(rows, (row) => scores[row]!) };
}
