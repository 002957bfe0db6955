import gatherShader from '../../../shaders/nn/gather_rows.wgsl';
import scatterShader from '../../../shaders/nn/scatter_rows.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

/** Gathers rows: out (S, C) = x (N, C) at `at` (S). */
export function gatherRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; at: View; x: View; out: View },
): void {
  recorder.call(gatherShader, {
    uniforms: { rows: t.rows, channels: t.channels },
    bindings: { counts, rows: t.at, x: t.x, out: t.out },
    groups: grid(t.rows.limit * t.channels, 64),
    work: ({ live }) => ({ flops: 0, bytes: 4 * live(t.rows) * (2 * t.channels + 1) }),
  });
}

/** Adds rows at their places, the backward pass of `gatherRows`: dx (N, C) at `at` (S, distinct) += dout (S, C). */
export function scatterRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; at: View; dout: View; dx: View },
): void {
  recorder.call(scatterShader, {
    uniforms: { rows: t.rows, channels: t.channels },
    bindings: { counts, rows: t.at, dout: t.dout, dx: t.dx },
    groups: grid(t.rows.limit * t.channels, 64),
    work: ({ live }) => ({ flops: live(t.rows) * t.channels, bytes: 4 * live(t.rows) * (3 * t.channels + 1) }),
  });
}
