import type { GraphRecord } from '../../records/records';
import type { BatchIndex, SearchResult } from '../search-index';
import type { EdgeEdits } from '../graph/adjacency';
import type { Compensated } from './compensation';
import { bestRank, dcgReward, type Relevant } from './reward';

/** One completion that is searched and scored. */
export interface RefreshQuery {
  /** The query's id. */
  query: string;
  /** Number of the completion among those of the query. */
  completion: number;
  /** L2-normalised, (d); null where the completion did not end in the embed token: it is not searched, its reward is 0. */
  embedding: Float32Array | null;
  relevant: readonly Relevant[];
}

/** A query with an embedding and what the searches before and after the refresh found, as deep as the beam. */
export interface Searched extends RefreshQuery {
  embedding: Float32Array;
  before: SearchResult;
  after: SearchResult;
}

/** What a refresh changed in the index. */
export interface Refreshed {
  reencoded: GraphRecord['reencoded'];
  edits: EdgeEdits;
  compensated: Compensated;
}

export type RefreshMetrics = Record<`refresh/${string}`, number>;

/** How closely the kept index agrees with exact search over fresh vectors. */
export interface Fidelity {
  /** Mean share of the exact top k that the search found. */
  recall: number;
  /** Mean of |reward − reward by the exact ranking|. */
  reward_error: number;
  /** The same error if the searches before the refresh had been scored. */
  reward_error_before: number;
}

/**
 * Compares searches of the kept index with exact search.
 * @param exact search over fresh embeddings of all documents.
 * @returns null where nothing was searched
 */
export async function measureFidelity(
  searched: readonly Searched[],
  exact: BatchIndex,
  k: number,
): Promise<Fidelity | null> {
  if (searched.length === 0) return null;
  const queries = new Float32Array(searched.length * exact.dimension);
  searched.forEach(({ embedding }, i) => queries.set(embedding, i * exact.dimension));
  const found = await exact.searchAll(queries, k);
  let recall = 0;
  let error = 0;
  let errorBefore = 0;
  for (const [i, { relevant, before, after }] of searched.entries()) {
    const { ids } = found[i]!;
    const wanted = new Set(ids);
    const reward = dcgReward(ids, relevant, k);
    recall += after.ids.subarray(0, k).filter((id) => wanted.has(id)).length / k;
    error += Math.abs(dcgReward(after.ids, relevant, k) - reward);
    errorBefore += Math.abs(dcgReward(before.ids, relevant, k) - reward);
  }
  const n = searched.length;
  return { recall: recall / n, reward_error: error / n, reward_error_before: errorBefore / n };
}

/**
 * Makes a step's line of `graph.jsonl`. The path is that of the search before the refresh; `found` is the result of the
 * one after it.
 */
export function graphRecord(
  step: number,
  refreshed: Refreshed,
  searched: readonly Searched[],
  k: number,
  recorded: number,
  fidelity: Fidelity | null,
): GraphRecord {
  return {
    step,
    reencoded: refreshed.reencoded,
    added: refreshed.edits.added,
    removed: refreshed.edits.removed,
    compensated: refreshed.compensated,
    searches: searched.slice(0, recorded).map(({ query, completion, relevant, before, after }) => ({
      query,
      completion,
      path: [...(before.path ?? [])],
      found: [...after.ids.subarray(0, k)],
      wanted: relevant.filter(({ grade }) => grade > 0).map(({ document }) => document),
      rank_before: bestRank(before.ids, relevant),
      rank_after: bestRank(after.ids, relevant),
    })),
    recall: fidelity?.recall ?? null,
    reward_error: fidelity?.reward_error ?? null,
  };
}

/** A step's `refresh/…` metrics. Drift is 1 − cosine(stored, fresh), age in steps, after the refresh. */
export function refreshMetrics(
  refreshed: Refreshed,
  searched: readonly Searched[],
  documents: number,
  age: { mean: number; max: number },
  fidelity: Fidelity | null,
): RefreshMetrics {
  const { reencoded, edits, compensated } = refreshed;
  const metrics: RefreshMetrics = {
    'refresh/reencoded': reencoded.length,
    'refresh/share': reencoded.length / documents,
    'refresh/edges_added': edits.added.length,
    'refresh/edges_removed': edits.removed.length,
    'refresh/compensated': compensated.count,
    'refresh/compensated_drift': compensated.mean_drift,
    'refresh/age_mean': age.mean,
    'refresh/age_max': age.max,
  };
  if (reencoded.length > 0) {
    metrics['refresh/drift_mean'] = reencoded.reduce((sum, { drift }) => sum + drift, 0) / reencoded.length;
    metrics['refresh/drift_max'] = reencoded.reduce((max, { drift }) => Math.max(max, drift), 0);
  }
  if (searched.length > 0) {
    const mean = (of: (result: SearchResult) => number): number =>
      searched.reduce((sum, { after }) => sum + of(after), 0) / searched.length;
    metrics['refresh/distances'] = mean(({ distances }) => distances);
    metrics['refresh/hops'] = mean(({ hops }) => hops);
  }
  if (fidelity !== null) {
    metrics['refresh/recall'] = fidelity.recall;
    metrics['refresh/reward_error'] = fidelity.reward_error;
    metrics['refresh/reward_error_before'] = fidelity.reward_error_before;
  }
  return metrics;
}
