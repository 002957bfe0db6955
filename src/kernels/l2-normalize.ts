import backwardSource from '../../shaders/loss/l2_normalize_backward.wgsl';
import forwardSource from '../../shaders/loss/l2_normalize_forward.wgsl';
import type { View } from '../gpu/gpu';
import { grid, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** y (B, C) = x / |x|; norms (B) are kept for the backward pass. */
export function l2NormalizeForward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; x: View; y: View; norms: View },
): void {
  const kernel = recorder.gpu.kernel('l2_normalize_forward', forwardSource);
  recorder.dispatch(kernel, [...rowWords(t.rows), t.channels], [counts, t.x, t.y, t.norms], grid(t.rows.limit, 64));
}

/** dx (B, C) from dy (B, C). */
export function l2NormalizeBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; y: View; norms: View; dy: View; dx: View },
): void {
  const kernel = recorder.gpu.kernel('l2_normalize_backward', backwardSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.channels],
    [counts, t.y, t.norms, t.dy, t.dx],
    grid(t.rows.limit, 64),
  );
}
