import backwardShader from '../../../shaders/nn/rmsnorm_backward.wgsl';
import weightShader from '../../../shaders/nn/rmsnorm_backward_weight.wgsl';
import forwardShader from '../../../shaders/nn/rmsnorm_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { SUM_BLOCK } from '../sums/column-sum';
import { type KernelContext, type Rows } from '../rows';

/**
 * The rows that RMSNorm normalises: `group` per token, each of `channels`, the first at `base` of a token's `stride` floats.
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

/** RMSNorm: y = x · rstd · weight; rstd (N · group) is kept for the backward pass. */
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

/** dx (+)= …, and, where `sums` (⌈N · group / 64⌉, C) is given, the parts of dweight, for `sumParts` to add up. */
export function rmsnormBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: NormShape,
  t: {
    x: View;
    weight: View;
    rstd: View;
    dy: View;
    dx: View;
    sums?: View | undefined;
    accumulate: boolean;
  },
): void {
  const { x, weight, rstd, dy, dx, sums } = t;
  const uniforms = { norm: s, accumulate: t.accumulate ? 1 : 0 };
  const bindings = { counts, x, weight, rstd, dy, dx };
  const norms = s.rows.limit * s.group;
  const work = (live: number) => {
    const adds = t.accumulate ? 1 : 0;
    return { flops: (7 + adds) * live * s.channels, bytes: 4 * (live * ((3 + adds) * s.channels + 1) + s.channels) };
  };
  if (!sums) {
    recorder.call(backwardShader, {
      uniforms,
      bindings,
      groups: grid(norms, 64),
      work: ({ live }) => work(live(s.rows) * s.group),
    });
    return;
  }
  const blocks = Math.ceil(norms / SUM_BLOCK);
  recorder.call(weightShader, {
    uniforms,
    bindings: { counts, x, weight, rstd, dy, dx, sums },
    groups: grid(blocks * (1 + Math.ceil(s.channels / 64)), 1),
    work: ({ live }) => {
      const { flops, bytes } = work(live(s.rows) * s.group);
      return { flops: flops + 3 * live(s.rows) * s.group * s.channels, bytes: bytes + 4 * blocks * s.channels };
    },
  });
}
