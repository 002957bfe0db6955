import forwardShader from '../../../shaders/nn/layernorm_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import type { KernelContext, Rows } from '../rows';

/** y (N, C) = layer norm of x + residual (N, C), times weight (C), plus bias (C). */
export function layernormForward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; eps: number; x: View; residual: View; weight: View; bias: View; y: View },
): void {
  const { rows, channels, eps, x, residual, weight, bias, y } = t;
  recorder.call(forwardShader, {
    uniforms: { rows, channels, eps },
    bindings: { counts, x, residual, weight, bias, y },
    groups: grid(rows.limit, 64),
    work: ({ live }) => ({
      flops: 11 * live(rows) * channels,
      bytes: 4 * (3 * live(rows) * channels + 2 * channels),
    }),
  });
}
