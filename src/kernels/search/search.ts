import rankShader from '../../../shaders/search/rank.wgsl';
import topKShader from '../../../shaders/search/top_k.wgsl';
import topKRowsShader from '../../../shaders/search/top_k_rows.wgsl';
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

/** Which shader picks the best: a workgroup a query, or an invocation. They pick the same. */
export type TopKVariant = 'workgroup' | 'rows';

/**
 * ids and values (Q, k) of the k best columns of scores (Q, pitch), ties to the lower id, k ≤ columns. A column is a document, or
 * with `blocks` one of `length` documents of a block, blocks (Q, columns / length).
 */
export function topK(
  recorder: Recorder,
  { counts }: KernelContext,
  t: {
    rows: Rows;
    columns: number;
    pitch: number;
    k: number;
    scores: View;
    ids: View;
    values: View;
    blocks?: { view: View; length: number };
  },
  variant: TopKVariant = recorder.gpu.adapter.software ? 'rows' : 'workgroup',
): void {
  const call = {
    uniforms: { rows: t.rows, columns: t.columns, pitch: t.pitch, k: t.k },
    constants: { BLOCK: t.blocks?.length ?? 0 },
    bindings: { counts, scores: t.scores, blocks: t.blocks?.view ?? counts, ids: t.ids, values: t.values },
  };
  const bytes = (live: number) => 4 * live * (t.columns + 2 * t.k);
  if (variant === 'workgroup') {
    recorder.call(topKShader, {
      ...call,
      groups: grid(t.rows.limit, 1),
      work: ({ live }) => ({ flops: 2 * live(t.rows) * t.columns * t.k, bytes: bytes(live(t.rows)) }),
    });
  } else {
    recorder.call(topKRowsShader, {
      ...call,
      groups: grid(t.rows.limit, 4),
      work: ({ live }) => ({ flops: live(t.rows) * t.columns, bytes: bytes(live(t.rows)) }),
    });
  }
}
