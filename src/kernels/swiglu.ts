import backwardSource from '../../shaders/nn/swiglu_backward.wgsl';
import forwardSource from '../../shaders/nn/swiglu_forward.wgsl';
import type { View } from '../gpu/gpu';
import { grid, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** out (N, F) = silu(gate) · up, from gateUp (N, 2F). */
export function swigluForward(
  recorder: Recorder,
  { counts }: KernelContext,
  { rows, features, gateUp, out }: { rows: Rows; features: number; gateUp: View; out: View },
): void {
  const kernel = recorder.gpu.kernel('swiglu_forward', forwardSource);
  recorder.dispatch(kernel, [...rowWords(rows), features], [counts, gateUp, out], grid(rows.limit * features, 64));
}

/** dgateUp (N, 2F) from dout (N, F). */
export function swigluBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; features: number; gateUp: View; dout: View; dgateUp: View },
): void {
  const kernel = recorder.gpu.kernel('swiglu_backward', backwardSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.features],
    [counts, t.gateUp, t.dout, t.dgateUp],
    grid(t.rows.limit * t.features, 64),
  );
}
