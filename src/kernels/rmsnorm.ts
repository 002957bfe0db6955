import backwardSource from '../../shaders/nn/rmsnorm_backward.wgsl';
import weightSource from '../../shaders/nn/rmsnorm_backward_weight.wgsl';
import forwardSource from '../../shaders/nn/rmsnorm_forward.wgsl';
import type { View } from '../gpu/gpu';
import { f32, grid, type Recorder } from '../gpu/recorder';
import { addBlocks, SUM_BLOCK } from './column-sum';
import { rowWords, type KernelContext, type Rows } from './rows';

/**
 * Which rows are normalised: `group` per token, each of `channels`, the first at `base` of a token's `stride` floats.
 * A plain (N, C) norm is { group: 1, stride: C, base: 0 }; the q heads of a qkv row are { group: heads, stride, base: 0 }.
 */
export interface NormShape {
  rows: Rows;
  channels: number;
  group: number;
  stride: number;
  base: number;
}

export const plainNorm = (rows: Rows, channels: number): NormShape => ({
  rows,
  channels,
  group: 1,
  stride: channels,
  base: 0,
});

const words = (s: NormShape) => [...rowWords(s.rows), s.channels, s.group, s.stride, s.base];

/** y = x · rstd · weight; rstd (N · group) is kept for the backward pass. */
export function rmsnormForward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: NormShape,
  t: { eps: number; x: View; weight: View; y: View; rstd: View },
): void {
  const kernel = recorder.gpu.kernel('rmsnorm_forward', forwardSource);
  recorder.dispatch(
    kernel,
    [...words(s), f32(t.eps)],
    [counts, t.x, t.weight, t.y, t.rstd],
    grid(s.rows.limit * s.group, 64),
  );
}

/** dx (+)= …, and dweight (C) where it is asked for; `sums` is scratch of ⌈N · group / 64⌉ · C floats. */
export function rmsnormBackward(
  recorder: Recorder,
  context: KernelContext,
  s: NormShape,
  t: {
    x: View;
    weight: View;
    rstd: View;
    dy: View;
    dx: View;
    dweight?: View | undefined;
    sums: View;
    accumulate: boolean;
  },
): void {
  const input = recorder.gpu.kernel('rmsnorm_backward', backwardSource);
  const inputs = [context.counts, t.x, t.weight, t.rstd, t.dy, t.dx];
  recorder.dispatch(input, [...words(s), t.accumulate ? 1 : 0], inputs, grid(s.rows.limit * s.group, 64));
  if (!t.dweight) return;
  const weight = recorder.gpu.kernel('rmsnorm_backward_weight', weightSource);
  const blocks = Math.ceil((s.rows.limit * s.group) / SUM_BLOCK);
  recorder.dispatch(
    weight,
    words(s),
    [context.counts, t.x, t.rstd, t.dy, t.sums],
    [Math.ceil(s.channels / 64), blocks, 1],
  );
  addBlocks(recorder, context, { blocks, columns: s.channels, sums: t.sums, out: t.dweight });
}
