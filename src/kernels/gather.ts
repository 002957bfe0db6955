import gatherSource from '../../shaders/nn/gather_rows.wgsl';
import scatterSource from '../../shaders/nn/scatter_rows.wgsl';
import type { View } from '../gpu/gpu';
import { grid, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** out (S, C) = x (N, C) at `at` (S). */
export function gatherRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; at: View; x: View; out: View },
): void {
  const kernel = recorder.gpu.kernel('gather_rows', gatherSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.channels],
    [counts, t.at, t.x, t.out],
    grid(t.rows.limit * t.channels, 64),
  );
}

/** dx (N, C) at `at` (S, distinct) += dout (S, C). */
export function scatterRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; at: View; dout: View; dx: View },
): void {
  const kernel = recorder.gpu.kernel('scatter_rows', scatterSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.channels],
    [counts, t.at, t.dout, t.dx],
    grid(t.rows.limit * t.channels, 64),
  );
}
