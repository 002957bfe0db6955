/** Plain data that flows out of a run. The page draws nothing that is not in these records. */

import type { StageName } from '../config/stages';

export type { StageName } from '../config/stages';

/** One line of `metrics.jsonl`. Keys that start with `time/` depend on the clock; no other does. */
export interface StepMetrics {
  /** Counts from 1 across all stages. */
  step: number;
  stage: StageName;
  loss: number;
  [name: string]: number | StageName;
}

/** The time that one step of a stage takes on a device. */
export interface StageSpeed {
  stage: StageName;
  milliseconds: number;
}

/** The time that a session takes on a device, measured there. */
export interface SessionSpeed {
  stages: StageSpeed[];
  /** Milliseconds of one evaluation during training. */
  evaluation: number;
}

/** Names of `eval`, as trec_eval calls them. */
export interface RetrievalMetrics {
  ndcg_cut_10: number;
  recall_100: number;
  recip_rank_cut_10: number;
  map: number;
  success_1: number;
}
export type MetricName = keyof RetrievalMetrics;

/** How the queries of an evaluation were embedded: see "arm" in docs/terms.md. */
export type EmbeddedArm = 'reasoning' | 'direct' | 'forced' | 'gold' | 'shuffled' | 'filler';
/** `bm25` is the lexical baseline, `fusion` the reciprocal-rank fusion of it with the first embedded arm. */
export type Arm = EmbeddedArm | 'bm25' | 'fusion';
export type Split = 'dev' | 'test';

/** The figure that a task is judged by: over the held-out queries that its author says count. */
export interface Headline extends RetrievalMetrics {
  /** Percentile bootstrap over whole clusters: countries that facts are composed across, say. */
  ci95: Partial<Record<MetricName, [low: number, high: number]>>;
  queries: number;
  clusters: number;
}

export interface ArmResult extends RetrievalMetrics {
  /** Percentile bootstrap over queries, or over whole clusters of queries where the task names them. */
  ci95: Partial<Record<MetricName, [low: number, high: number]>>;
  /** Keyed by the number of hops a query composes. */
  by_depth: Record<string, RetrievalMetrics>;
  /** Metrics of queries of two and more hops, by what they ask for; absent where the task distinguishes no kinds. */
  by_kind?: Record<string, RetrievalMetrics>;
  /** Absent where the task has none. */
  headline?: Headline;
  queries: number;
  /** Share of completions that ended in the embed token. */
  emission_rate?: number;
  /** Share of completions equal to the gold trace, where the task knows it. */
  trace_accuracy?: number;
}
export type Evaluation = Partial<Record<Split, Partial<Record<Arm, ArmResult>>>>;

/** An evaluation made during training, at `step`, on part of the dev split. */
export interface EvaluationPoint {
  step: number;
  stage: StageName;
  arms: Partial<Record<Arm, ArmResult>>;
}

/** One completion as the model wrote it, and what came of it. */
export interface WrittenRecord {
  step: number;
  query: string;
  completion: number;
  ids: number[];
  text: string;
  logprobs: number[];
  /** Entropy of the distribution that each id was drawn from, in nats. */
  entropies: number[];
  reward: number;
  /** Rank of the best relevant document, from 1; 0 when nothing was embedded. */
  rank: number;
  /**
   * Rank while thinking: `rank`, had the model embedded after 0, 1, … tokens of its reasoning, by exact search over the
   * vectors that gave the reward; and the reward of that rank. Absent where it was not recorded.
   */
  ranks?: number[];
  rewards?: number[];
}

/** One line of `traces.jsonl`: one completion of stage 2. */
export interface TraceRecord extends WrittenRecord {
  advantage: number;
}

/** One line of `dev-traces.jsonl`: the greedy completion of a held-out query at an evaluation. */
export type DevTrace = WrittenRecord;

/** One line of `graph.jsonl`: one refresh. */
export interface GraphRecord {
  step: number;
  reencoded: { doc: number; drift: number; age: number }[];
  added: [number, number][];
  removed: [number, number][];
  compensated: { count: number; mean_drift: number };
  searches: GraphSearch[];
  recall: number | null;
  reward_error: number | null;
}
/**
 * The graph that stage 2 begins with, `graph-start.json`: the edits of `graph.jsonl` continue from it. Positions of the documents
 * in the plane, (N, 2), lie in `positions.bin`: for this step, then for each of `graph.jsonl`.
 */
export interface GraphStart {
  /** The last step before stage 2. */
  step: number;
  /** The most out-edges that a document has, now or later. */
  degree_bound: number;
  /** Out-edges of each document, (N). */
  counts: Int32Array<ArrayBuffer>;
  /** Ends of the edges, document after document, (sum of `counts`). */
  neighbours: Int32Array<ArrayBuffer>;
}
/** Documents in a plane with their neighbours, as a model stands. */
export interface DocumentMap {
  start: GraphStart;
  /** (N, 2) */
  positions: Float32Array<ArrayBuffer>;
}
export interface GraphSearch {
  query: string;
  completion: number;
  path: number[];
  found: number[];
  wanted: number[];
  rank_before: number;
  rank_after: number;
}

/**
 * Steps of which a run has kept records, ascending: completions of stage 2 (`traces.jsonl`), greedy ones at evaluations
 * (`dev-traces.jsonl`), refreshes (`graph.jsonl`).
 */
export interface RecordedSteps {
  traces: number[];
  dev: number[];
  graph: number[];
}
