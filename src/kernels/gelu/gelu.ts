import forwardShader from '../../../shaders/nn/gelu_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import type { KernelContext, Rows } from '../rows';

/** out (N, F) = x · Φ(x) of x (N, F), Φ the normal distribution: GELU by the error function. */
export function geluForward(
  recorder: Recorder,
  { counts }: KernelContext,
  { rows, features, x, out }: { rows: Rows; features: number; x: View; out: View },
): void {
  recorder.call(forwardShader, {
    uniforms: { rows, features },
    bindings: { counts, x, out },
    groups: grid(rows.limit * features, 64),
    work: ({ live }) => ({ flops: 33 * live(rows) * features, bytes: 4 * 2 * live(rows) * features }),
  });
}
