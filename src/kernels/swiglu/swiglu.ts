import backwardShader from '../../../shaders/nn/swiglu_backward.wgsl';
import forwardShader from '../../../shaders/nn/swiglu_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

/** out (N, F) = silu(gate) · up, from gateUp (N, 2F). */
export function swigluForward(
  recorder: Recorder,
  { counts }: KernelContext,
  { rows, features, gateUp, out }: { rows: Rows; features: number; gateUp: View; out: View },
): void {
  recorder.call(forwardShader, {
    uniforms: { rows, features },
    bindings: { counts, gate_up: gateUp, out },
    groups: grid(rows.limit * features, 64),
    work: ({ live }) => ({ flops: 5 * live(rows) * features, bytes: 4 * 3 * live(rows) * features }),
  });
}

/** dgateUp (N, 2F) from dout (N, F). */
export function swigluBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; features: number; gateUp: View; dout: View; dgateUp: View },
): void {
  recorder.call(backwardShader, {
    uniforms: { rows: t.rows, features: t.features },
    bindings: { counts, gate_up: t.gateUp, dout: t.dout, dgate_up: t.dgateUp },
    groups: grid(t.rows.limit * t.features, 64),
    work: ({ live }) => ({ flops: 12 * live(t.rows) * t.features, bytes: 4 * 5 * live(t.rows) * t.features }),
  });
}
