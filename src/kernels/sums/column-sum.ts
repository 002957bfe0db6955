import shader from '../../../shaders/nn/column_sum.wgsl';
import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

/** Number of rows that one invocation sums. */
export const SUM_BLOCK = 64;

/** sums (⌈rows / 64⌉, C) of x (rows, C): the sum of each 64 rows, for `sumParts` to add up. */
export function columnSum(
  recorder: Recorder,
  { counts }: KernelContext,
  { rows, columns, x, sums }: { rows: Rows; columns: number; x: View; sums: View },
): void {
  const blocks = Math.ceil(rows.limit / SUM_BLOCK);
  recorder.call(shader, {
    uniforms: { rows, columns },
    bindings: { counts, x, sums },
    groups: [Math.ceil(columns / 64), blocks, 1],
    work: ({ live }) => ({ flops: live(rows) * columns, bytes: 4 * columns * (live(rows) + blocks) }),
  });
}
