import backwardShader from '../../../shaders/nn/rmsnorm_backward.wgsl';
import weightShader from '../../../shaders/nn/rmsnorm_backward_weight.wgsl';
import forwardShader from '../../../shaders/nn/rmsnorm_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { addBlocks, SUM_BLOCK } from '../sums/column-sum';
import { type KernelContext, type Rows } from '../rows';

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

/** y = x · rstd · weight; rstd (N · group) is kept for the backward pass. */
export function rmsnormForward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: NormShape,
  t: { eps: number; x: View; weight: View; y: View; rstd: View },
): void {
  recorder.call(forwardShader, {
    uniforms: { norm: s, eps: t.eps },
    bindings: { counts, x: t.x, weight: t.weight, y: t.y, rstd: t.rstd },
    groups: grid(s.rows.limit * s.group, 64),
    work: ({ live }) => {
      const norms = live(s.rows) * s.group;
      return { flops: 4 * norms * s.channels, bytes: 4 * (norms * (2 * s.channels + 1) + s.channels) };
    },
  });
}

/**
 * dx (+)= …, and dweight (C) where it is asked for; `sums` is scratch of ⌈N · group / 64⌉ · C floats.
 * @param t.adds whether dweight is added to what is there.
 */
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
    adds?: boolean | undefined;
  },
): void {
  const { counts } = context;
  const { x, weight, rstd, dy, dx, dweight, sums } = t;
  recorder.call(backwardShader, {
    uniforms: { norm: s, accumulate: t.accumulate ? 1 : 0 },
    bindings: { counts, x, weight, rstd, dy, dx },
    groups: grid(s.rows.limit * s.group, 64),
    work: ({ live }) => {
      const norms = live(s.rows) * s.group;
      const adds = t.accumulate ? 1 : 0;
      return {
        flops: (7 + adds) * norms * s.channels,
        bytes: 4 * (norms * ((3 + adds) * s.channels + 1) + s.channels),
      };
    },
  });
  if (!dweight) return;
  const blocks = Math.ceil((s.rows.limit * s.group) / SUM_BLOCK);
  recorder.call(weightShader, {
    uniforms: { norm: s },
    bindings: { counts, x, rstd, dy, sums },
    groups: [Math.ceil(s.channels / 64), blocks, 1],
    work: ({ live }) => {
      const norms = live(s.rows) * s.group;
      return { flops: 3 * norms * s.channels, bytes: 4 * (norms * (2 * s.channels + 1) + blocks * s.channels) };
    },
  });
  addBlocks(recorder, context, { blocks, columns: s.channels, sums, out: dweight, accumulate: t.adds ?? false });
}
