import { documentText, type BeirCollection, type BeirDocument, type LeftOut } from '../../formats/beir';
import { InputError } from '../../lib/errors';
import type { MetricName, RetrievalMetrics } from '../../records/records';
import { bootstrapInterval } from '../../retrieval/bootstrap';
import { leftOutDocuments, runWithout } from '../../retrieval/left-out';
import { evaluateRun, meanMetrics } from '../../retrieval/metrics';

/** Metrics of one ranking, with the interval of each. */
export interface SystemScore extends RetrievalMetrics {
  /** Percentile bootstrap intervals over queries. */
  ci95: Record<MetricName, [low: number, high: number]>;
}

const BOOTSTRAP_SEED = 1;

/** Documents as they are indexed: title and text. */
export const indexed = (documents: readonly BeirDocument[]): { id: string; text: string }[] =>
  documents.map((document) => ({ id: document.id, text: documentText(document) }));

/** Means over the judged queries with their bootstrap intervals. */
export function withIntervals(perQuery: Iterable<RetrievalMetrics>, resamples?: number): SystemScore {
  const all = [...perQuery];
  const interval = (name: MetricName): [number, number] =>
    bootstrapInterval(
      all.map((metrics) => metrics[name]),
      BOOTSTRAP_SEED,
      resamples === undefined ? {} : { resamples },
    );
  return {
    ...meanMetrics(all),
    ci95: {
      ndcg_cut_10: interval('ndcg_cut_10'),
      recall_100: interval('recall_100'),
      recip_rank_cut_10: interval('recip_rank_cut_10'),
      map: interval('map'),
      success_1: interval('success_1'),
    },
  };
}

/**
 * The mean of the queries' differences, with its interval.
 * @param clusters a key for each query: those of one key are drawn together.
 */
export function difference(
  of: readonly number[],
  over: readonly number[],
  clusters?: readonly string[],
): { mean: number; ci95: [number, number] } {
  const differences = of.map((value, query) => value - over[query]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return { mean, ci95: bootstrapInterval(differences, BOOTSTRAP_SEED, clusters ? { clusters } : {}) };
}

/** The scores of one run, as `score`, `bm25` and `eval` print them. */
export interface RunScore extends SystemScore {
  /** Number of queries that the means are over. */
  queries: number;
  /** Number of documents in the collection. */
  docs: number;
  left_out: LeftOut & {
    /** Number of judged queries without a relevant document. */
    queries_without_relevant: number;
    /** Number of queries of the run that the split does not judge. */
    queries_not_judged: number;
    /** Number of ranked documents left out because they are the query itself, or the query excludes them. */
    documents_of_queries: number;
  };
  /** Number of judged queries that the run has no ranking for; each counts as 0 in every mean. */
  queries_not_in_run: number;
  /** Number of ranked documents that the collection does not hold; each counts as not relevant. */
  documents_not_in_corpus: number;
}

/**
 * Scores a run against a split; documents that are the query itself are left out.
 * @param where the judgements' name, for the message.
 * @throws InputError where no query of the split has a relevant document.
 */
export function scoreRun(
  found: ReadonlyMap<string, readonly { id: string; score: number }[]>,
  { documents, queries, qrels, leftOut }: BeirCollection,
  where: string,
): RunScore {
  const { run, count } = runWithout(found, leftOutDocuments(queries, indexed(documents)));
  const { perQuery, queriesNotInRun, queriesWithoutRelevant } = evaluateRun(run, qrels);
  if (perQuery.size === 0) {
    throw new InputError(`${where}: no query with a relevant document, expected at least one`);
  }
  const known = new Set(documents.map(({ id }) => id));
  const unknown = new Set<string>();
  for (const found of run.values()) for (const { id } of found) if (!known.has(id)) unknown.add(id);
  return {
    ...withIntervals(perQuery.values()),
    queries: perQuery.size,
    docs: documents.length,
    left_out: {
      ...leftOut,
      queries_without_relevant: queriesWithoutRelevant,
      queries_not_judged: [...run.keys()].filter((query) => !qrels.has(query)).length,
      documents_of_queries: count,
    },
    queries_not_in_run: queriesNotInRun,
    documents_not_in_corpus: unknown.size,
  };
}
