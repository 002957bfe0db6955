import backwardShader from '../../../shaders/loss/l2_normalize_backward.wgsl';
import forwardShader from '../../../shaders/loss/l2_normalize_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

/** y (B, C) = x / |x|; norms (B) are kept for the backward pass. */
export function l2NormalizeForward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; x: View; y: View; norms: View },
): void {
  recorder.call(forwardShader, {
    uniforms: { rows: t.rows, channels: t.channels },
    bindings: { counts, x: t.x, y: t.y, norms: t.norms },
    groups: grid(t.rows.limit, 64),
    work: ({ live }) => ({
      flops: 3 * live(t.rows) * t.channels,
      bytes: 4 * live(t.rows) * (2 * t.channels + 1),
    }),
  });
}

/** dx (B, C) from dy (B, C). */
export function l2NormalizeBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; y: View; norms: View; dy: View; dx: View },
): void {
  recorder.call(backwardShader, {
    uniforms: { rows: t.rows, channels: t.channels },
    bindings: { counts, y: t.y, norms: t.norms, dy: t.dy, dx: t.dx },
    groups: grid(t.rows.limit, 64),
    work: ({ live }) => ({
      flops: 5 * live(t.rows) * t.channels,
      bytes: 4 * live(t.rows) * (3 * t.channels + 1),
    }),
  });
}
