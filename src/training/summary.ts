import type { ArmResult, Headline, RetrievalMetrics } from '../records/records';
import { bootstrapInterval } from '../retrieval/bootstrap';
import { meanMetrics, METRIC_NAMES, queryMetrics } from '../retrieval/metrics';
import type { TaskQuery } from '../tasks/task';

/** How intervals are computed; none where `resamples` is 0. */
export interface IntervalOptions {
  resamples: number;
  seed: number;
}

type Scored = readonly { query: TaskQuery; metrics: RetrievalMetrics }[];

/**
 * Summarises an arm's figures over all queries, by depth and, where the task distinguishes them, by kind and for its
 * headline.
 * @param ranks from 1 of each query's relevant documents, in their order, 0 for one not found.
 */
export function summarise(
  queries: readonly TaskQuery[],
  ranks: readonly (readonly number[])[],
  options: IntervalOptions,
): ArmResult {
  const scored = queries.map((query, i) => ({ query, metrics: metricsOf(query.relevant, ranks[i]!) }));
  const depths = [...new Set(queries.map(({ depth }) => depth))].sort((a, b) => a - b);
  const by_depth = grouped(scored, depths, ({ depth }) => depth);
  // A fact by itself says nothing of composing: kinds are compared among queries that do.
  const composed = scored.filter(({ query }) => query.depth > 1);
  const kinds = [...new Set(composed.flatMap(({ query }) => query.kind ?? []))].sort();
  const headline = scored.filter(({ query }) => query.headline);
  return {
    ...mean(scored),
    ci95: intervals(scored, options),
    by_depth,
    ...(kinds.length > 0 ? { by_kind: grouped(composed, kinds, ({ kind }) => kind) } : {}),
    ...(headline.length > 0 ? { headline: headlineOf(headline, options) } : {}),
    queries: queries.length,
  };
}

function headlineOf(scored: Scored, options: IntervalOptions): Headline {
  const clusters = new Set(scored.map(({ query }, i) => query.cluster ?? i)).size;
  return { ...mean(scored), ci95: intervals(scored, options), queries: scored.length, clusters };
}

const mean = (scored: Scored): RetrievalMetrics => meanMetrics(scored.map(({ metrics }) => metrics));

const grouped = <K extends string | number>(
  scored: Scored,
  keys: readonly K[],
  keyOf: (query: TaskQuery) => K | undefined,
): Record<string, RetrievalMetrics> =>
  Object.fromEntries(keys.map((key) => [String(key), mean(scored.filter(({ query }) => keyOf(query) === key))]));

/** Percentile bootstrap over queries; over whole clusters where every query has one. */
function intervals(scored: Scored, { resamples, seed }: IntervalOptions): ArmResult['ci95'] {
  const ci95: ArmResult['ci95'] = {};
  if (resamples === 0) return ci95;
  const keys = scored.flatMap(({ query }) => query.cluster ?? []);
  const clusters = keys.length === scored.length ? { clusters: keys } : {};
  for (const name of METRIC_NAMES) {
    const values = scored.map(({ metrics }) => metrics[name]);
    ci95[name] = bootstrapInterval(values, seed, { resamples, ...clusters });
  }
  return ci95;
}

/** trec_eval's metrics from the ranks of the relevant documents alone. */
function metricsOf(relevant: TaskQuery['relevant'], ranks: readonly number[]): RetrievalMetrics {
  const grades = new Map(relevant.map(({ document, grade }) => [document, grade]));
  const found = relevant.flatMap(({ document }, i) => {
    const rank = ranks[i] ?? 0;
    return rank > 0 ? [{ document, rank }] : [];
  });
  const ranking: number[] = [];
  for (const { document, rank } of found) ranking[rank - 1] = document;
  // Whatever stands between is not relevant; −1 is no document.
  const metrics = queryMetrics(
    Array.from(ranking, (document) => document ?? -1),
    grades,
  );
  if (!metrics) throw new Error('a query without a relevant document reached the evaluation');
  return metrics;
}
