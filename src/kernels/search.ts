import rankSource from '../../shaders/search/rank.wgsl';
import topKSource from '../../shaders/search/top_k.wgsl';
import type { View } from '../gpu/gpu';
import { grid, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** ranks (Q) of document wanted[q] (0xffffffff: none, rank 0) among the columns of scores (Q, pitch). */
export function rankOf(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; columns: number; pitch: number; wanted: View; scores: View; ranks: View },
): void {
  const kernel = recorder.gpu.kernel('rank', rankSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.columns, t.pitch],
    [counts, t.wanted, t.scores, t.ranks],
    grid(t.rows.limit, 1),
  );
}

/** ids and values (Q, k) of the k best columns of scores (Q, pitch), k ≤ columns. */
export function topK(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; columns: number; pitch: number; k: number; scores: View; ids: View; values: View },
): void {
  const kernel = recorder.gpu.kernel('top_k', topKSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.columns, t.pitch, t.k],
    [counts, t.scores, t.ids, t.values],
    grid(t.rows.limit, 1),
  );
}
