import meanShader from '../../../shaders/nn/mean_rows.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import type { KernelContext, Rows } from '../rows';

/** out (S, C) = mean of rows starts[s] … ends[s] − 1 of x (N, C), one row at least. */
export function meanRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; starts: View; ends: View; x: View; out: View },
): void {
  const { rows, channels, starts, ends, x, out } = t;
  recorder.call(meanShader, {
    uniforms: { rows, channels },
    bindings: { counts, starts, ends, x, out },
    groups: grid(rows.limit * channels, 64),
    work: ({ live, integers }) => {
      const count = live(rows);
      const [first, end] = [integers('starts'), integers('ends')];
      let read = 0;
      for (let row = 0; row < count; row++) read += end[row]! - first[row]!;
      return { flops: (read + count) * channels, bytes: 4 * ((read + count) * channels + 2 * count) };
    },
  });
}
