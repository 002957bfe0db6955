import type { RetrievalMetrics } from '../records/records';

/**
 * Retrieval metrics as trec_eval defines them. A document is relevant where its grade is above 0; one that nobody
 * judged is not. Queries without a relevant document have no metrics and are left out of every mean; a judged query
 * for which nothing was retrieved counts as 0, as with trec_eval's `-c`, so a run cannot gain by leaving out the hard
 * ones.
 */

/** Cut-offs in the names of `RetrievalMetrics`. */
const NDCG_CUT = 10;
const RECALL_CUT = 100;
const RECIP_RANK_CUT = 10;
/** The most documents of a ranking, as TREC runs have; average precision depends on it. */
export const RUN_DEPTH = 1000;

/**
 * Metrics of one query.
 * @param ranking documents, best first, each once.
 * @param grades of the judged documents; a negative grade counts as 0.
 * @returns null where no document is relevant.
 */
export function queryMetrics<Id>(ranking: readonly Id[], grades: ReadonlyMap<Id, number>): RetrievalMetrics | null {
  const ideal = [...grades.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
  if (ideal.length === 0) return null;
  let dcg = 0;
  let found = 0;
  let foundInRecallCut = 0;
  let precisionSum = 0;
  let firstRank = Infinity;
  ranking.forEach((id, row) => {
    const grade = grades.get(id) ?? 0;
    if (!(grade > 0)) return;
    const rank = row + 1;
    found++;
    precisionSum += found / rank;
    firstRank = Math.min(firstRank, rank);
    if (rank <= NDCG_CUT) dcg += grade / Math.log2(1 + rank);
    if (rank <= RECALL_CUT) foundInRecallCut++;
  });
  const idealDcg = ideal.slice(0, NDCG_CUT).reduce((sum, grade, row) => sum + grade / Math.log2(2 + row), 0);
  return {
    ndcg_cut_10: dcg / idealDcg,
    recall_100: foundInRecallCut / ideal.length,
    recip_rank_cut_10: firstRank <= RECIP_RANK_CUT ? 1 / firstRank : 0,
    map: precisionSum / ideal.length,
    success_1: firstRank === 1 ? 1 : 0,
  };
}

/** Means over queries, in the order given; all 0 for none. */
export function meanMetrics(perQuery: Iterable<RetrievalMetrics>): RetrievalMetrics {
  const sum: RetrievalMetrics = { ndcg_cut_10: 0, recall_100: 0, recip_rank_cut_10: 0, map: 0, success_1: 0 };
  let count = 0;
  for (const metrics of perQuery) {
    count++;
    for (const name of METRIC_NAMES) sum[name] += metrics[name];
  }
  for (const name of METRIC_NAMES) sum[name] /= Math.max(1, count);
  return sum;
}

export const METRIC_NAMES = ['ndcg_cut_10', 'recall_100', 'recip_rank_cut_10', 'map', 'success_1'] as const;

/** Metrics of a run: per query, and the mean over the judged queries. */
export interface RunEvaluation {
  mean: RetrievalMetrics;
  /** By query, in the order of the judgements. */
  perQuery: Map<string, RetrievalMetrics>;
  /** Number of judged queries that the run has no ranking for; they count as 0. */
  queriesNotInRun: number;
  /** Number of judged queries left out, because none of their documents is relevant. */
  queriesWithoutRelevant: number;
}

/** Scores a run. @param run documents by query, in any order. @param qrels grades by query and document. */
export function evaluateRun(
  run: ReadonlyMap<string, readonly { id: string; score: number }[]>,
  qrels: ReadonlyMap<string, ReadonlyMap<string, number>>,
): RunEvaluation {
  const perQuery = new Map<string, RetrievalMetrics>();
  let queriesNotInRun = 0;
  let queriesWithoutRelevant = 0;
  for (const [query, grades] of qrels) {
    const documents = run.get(query);
    const metrics = queryMetrics(rankDocuments(documents ?? []), grades);
    if (metrics === null) queriesWithoutRelevant++;
    else {
      perQuery.set(query, metrics);
      if (documents === undefined) queriesNotInRun++;
    }
  }
  return { mean: meanMetrics(perQuery.values()), perQuery, queriesNotInRun, queriesWithoutRelevant };
}

/**
 * Sorts documents in trec_eval's order: score as f32, descending; ties by id in byte order, descending.
 * @returns ids, best first.
 */
export function rankDocuments(documents: readonly { id: string; score: number }[]): string[] {
  return documents
    .map(({ id, score }) => ({ id, score: Math.fround(score) }))
    .sort((a, b) => b.score - a.score || compareBytes(b.id, a.id))
    .map(({ id }) => id);
}

/** Compares two texts as UTF-8 bytes, that is by code point: JavaScript's own order is by UTF-16 unit. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // A surrogate stands for a code point above all that are one unit, so it comes after U+E000 to U+FFFF.
      const isHighX = x >= 0xd800 && x < 0xe000;
      const isHighY = y >= 0xd800 && y < 0xe000;
      return isHighX === isHighY ? x - y : isHighX ? 1 : -1;
    }
  }
  return a.length - b.length;
}
