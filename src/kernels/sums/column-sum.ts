import shader from '../../../shaders/nn/column_sum.wgsl';
import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { fixedRows, type KernelContext, type Rows } from '../rows';

/** Rows that one invocation sums in the first pass. */
export const SUM_BLOCK = 64;

/** out (C) (+)= the sum of x (rows, C) over its live rows, in two passes; `sums` is scratch of ⌈rows / 64⌉ · C floats. */
export function columnSum(
  recorder: Recorder,
  context: KernelContext,
  t: { rows: Rows; columns: number; x: View; sums: View; out: View; accumulate?: boolean },
): void {
  const { rows, columns, x, sums } = t;
  const blocks = Math.ceil(rows.limit / SUM_BLOCK);
  recorder.call(shader, {
    uniforms: { rows, columns, block: SUM_BLOCK, accumulate: 0 },
    bindings: { counts: context.counts, x, out: sums },
    groups: [Math.ceil(columns / 64), blocks, 1],
    work: ({ live }) => ({ flops: live(rows) * columns, bytes: 4 * columns * (live(rows) + blocks) }),
  });
  addBlocks(recorder, context, { ...t, blocks });
}

/** out (C) (+)= the sum of `blocks` rows of partial sums. */
export function addBlocks(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { blocks: number; columns: number; sums: View; out: View; accumulate?: boolean },
): void {
  const { blocks, columns, sums, out, accumulate = false } = t;
  recorder.call(shader, {
    uniforms: { rows: fixedRows(blocks), columns, block: blocks, accumulate: accumulate ? 1 : 0 },
    bindings: { counts, x: sums, out },
    groups: [Math.ceil(columns / 64), 1, 1],
    work: () => {
      const adds = accumulate ? 1 : 0;
      return { flops: columns * (blocks + adds), bytes: 4 * columns * (blocks + 1 + adds) };
    },
  });
}
