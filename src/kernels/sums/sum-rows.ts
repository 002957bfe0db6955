import shader from '../../../shaders/loss/sum_rows.wgsl';
import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

/** A number of the step's record: ring[slot, column] (+)= Σ values[row · pitch + offset] over the live rows. */
export function sumRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: {
    rows: Rows;
    pitch: number;
    offset: number;
    width: number;
    column: number;
    state: View;
    values: View;
    ring: View;
    accumulate?: boolean;
  },
): void {
  recorder.call(shader, {
    uniforms: {
      rows: t.rows,
      pitch: t.pitch,
      offset: t.offset,
      width: t.width,
      column: t.column,
      accumulate: t.accumulate ? 1 : 0,
    },
    bindings: { counts, state: t.state, values: t.values, ring: t.ring },
    groups: [1, 1, 1],
    work: ({ live }) => ({ flops: live(t.rows), bytes: 4 * (live(t.rows) + 1) }),
  });
}
