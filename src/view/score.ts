import type { ArmResult, MetricName } from '../records/records';
import { formatDifference, formatScore, plural } from './format';

/** Number of queries below which no interval is shown: four queries that are all right would give [1.000, 1.000]. */
export const FEW_QUERIES = 20;

/** Half the width of a 95 % interval, in standard errors. */
const Z = 1.96;

/** An estimate of a metric from one run, or from runs that differ only in their seeds. */
export interface Estimate {
  mean: number;
  /** Standard error of the mean. */
  error: number;
  runs: number;
  /** Number of queries in each run's evaluation; the fewest, where runs differ. */
  queries: number;
  /** The 95 % interval; null where there are too few queries, or none was computed. */
  interval: readonly [low: number, high: number] | null;
  /** Standard deviation over seeds; null for a single run. */
  deviation: number | null;
}

type Scored = Pick<ArmResult, MetricName | 'ci95' | 'queries'>;

/**
 * Estimates a metric and its uncertainty from the results of runs, in the one way that the page uses. A single run has
 * the bootstrap interval of its evaluation; several have the uncertainty of their queries and the spread over seeds.
 * Null where there is no result.
 */
export function estimateOf(results: readonly Scored[], metric: MetricName = 'ndcg_cut_10'): Estimate | null {
  const n = results.length;
  const [first] = results;
  if (!first) return null;
  const mean = results.reduce((sum, result) => sum + result[metric], 0) / n;
  const queries = Math.min(...results.map((result) => result.queries));
  const within = results.reduce((sum, { ci95: { [metric]: bounds } }) => {
    return sum + (bounds ? ((bounds[1] - bounds[0]) / (2 * Z)) ** 2 : 0);
  }, 0);
  const between = n > 1 ? results.reduce((sum, result) => sum + (result[metric] - mean) ** 2, 0) / (n - 1) : 0;
  const error = Math.sqrt(within / n / n + between / n);
  const deviation = n > 1 ? Math.sqrt(between) : null;
  // The score lies between 0 and 1, and so does what is known of it.
  const made = n > 1 ? ([Math.max(0, mean - Z * error), Math.min(1, mean + Z * error)] as const) : first.ci95[metric];
  return { mean, error, runs: n, queries, interval: queries < FEW_QUERIES ? null : (made ?? null), deviation };
}

/** An interval: `[0.880, 0.941]`; for few queries `(4 queries)`; empty where none was computed. */
export function formatInterval({ interval, queries }: Pick<Estimate, 'interval' | 'queries'>): string {
  if (queries < FEW_QUERIES) return `(${plural(queries, 'query', 'queries')})`;
  return interval ? `[${formatScore(interval[0])}, ${formatScore(interval[1])}]` : '';
}

/** A score with its interval: `0.912 [0.880, 0.941]`. */
export const formatEstimate = (estimate: Estimate): string =>
  `${formatScore(estimate.mean)} ${formatInterval(estimate)}`.trim();

/** A score over seeds: `0.845 ± 0.068`, mean and standard deviation; a single run's as `formatEstimate`. */
export const formatSpread = (estimate: Estimate): string =>
  estimate.deviation === null
    ? formatEstimate(estimate)
    : `${formatScore(estimate.mean)} ± ${formatScore(estimate.deviation)}`;

/**
 * The difference of two independent estimates: `+0.031 [+0.002, +0.060]`; without an interval where either has few
 * queries.
 */
export function formatGap(from: Estimate, to: Estimate): string {
  const gap = to.mean - from.mean;
  const error = Math.hypot(from.error, to.error);
  const few = Math.min(from.queries, to.queries) < FEW_QUERIES;
  return few
    ? formatDifference(gap)
    : `${formatDifference(gap)} [${formatDifference(gap - Z * error)}, ${formatDifference(gap + Z * error)}]`;
}
