import rankShader from '../../../shaders/search/rank.wgsl';
import topKShader from '../../../shaders/search/top_k.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

/** ranks (Q) of document wanted[q] (0xffffffff: none, rank 0) among the columns of scores (Q, pitch). */
export function rankOf(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; columns: number; pitch: number; wanted: View; scores: View; ranks: View },
): void {
  recorder.call(rankShader, {
    uniforms: { rows: t.rows, columns: t.columns, pitch: t.pitch },
    bindings: { counts, wanted: t.wanted, scores: t.scores, ranks: t.ranks },
    groups: grid(t.rows.limit, 1),
    work: ({ live }) => ({ flops: live(t.rows) * t.columns, bytes: 4 * live(t.rows) * (t.columns + 2) }),
  });
}

/** ids and values (Q, k) of the k best columns of scores (Q, pitch), k ≤ columns. */
export function topK(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; columns: number; pitch: number; k: number; scores: View; ids: View; values: View },
): void {
  recorder.call(topKShader, {
    uniforms: { rows: t.rows, columns: t.columns, pitch: t.pitch, k: t.k },
    bindings: { counts, scores: t.scores, ids: t.ids, values: t.values },
    groups: grid(t.rows.limit, 1),
    work: ({ live }) => ({
      flops: 2 * live(t.rows) * t.columns * t.k,
      bytes: 4 * live(t.rows) * (t.columns + 2 * t.k),
    }),
  });
}
