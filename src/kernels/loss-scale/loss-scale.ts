import scaleShader from '../../../shaders/optim/scale_gradient.wgsl';
import unscaleShader from '../../../shaders/optim/unscale.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { packed } from '../../gpu/shader';
import { MOST_NORM } from '../adamw/adamw';
import type { KernelContext, Rows } from '../rows';

/** The state of a dynamic loss scale (Micikevicius et al., arXiv 1710.03740, §3.2). */
export interface LossScaleState {
  /** What the loss's gradient is multiplied by: a power of two, so that it comes out again without rounding. */
  scale: number;
  /** Steps without an overflow since it changed last. */
  good: number;
  /** Steps that changed no weight, in all. */
  skipped: number;
}

/** The scale before the first step, and the steps without an overflow after which it is doubled: `torch.amp.GradScaler`'s. */
export const FIRST_SCALE: Readonly<LossScaleState> = { scale: 2 ** 16, good: 0, skipped: 0 };
export const GROWTH_INTERVAL = 2000;

/** The state as the kernels' buffer holds it. */
export const lossScaleWords = (state: LossScaleState): Uint32Array<ArrayBuffer> =>
  packed('loss scale', unscaleShader.structs.LossScale, { ...state });

/** The state that a buffer's words hold. */
export function readLossScale(words: Uint32Array<ArrayBuffer>): LossScaleState {
  const [scale = NaN] = new Float32Array(words.buffer, words.byteOffset, 1);
  const [, good = 0, skipped = 0] = words;
  return { scale, good, skipped };
}

/** gradient (N, columns) *= the scale. */
export function scaleGradient(
  recorder: Recorder,
  { counts }: KernelContext,
  { rows, columns, scale, gradient }: { rows: Rows; columns: number; scale: View; gradient: View },
): void {
  recorder.call(scaleShader, {
    uniforms: { rows, columns },
    bindings: { counts, loss_scale: scale, gradient },
    groups: grid(rows.limit * columns, 64),
    work: ({ live }) => ({ flops: live(rows) * columns, bytes: 8 * live(rows) * columns }),
  });
}

/**
 * Takes the scale out of a step behind `globalNorm`: the ring's norm becomes that of the gradients themselves, `clip` the
 * factor that clips them and unscales them. Where the norm is not finite, `clip` says that AdamW skips the step, the norm
 * stays, and the scale is halved; after `interval` steps where it is, the scale is doubled. The ring's columns from
 * `scaleColumn` on get the scale of this step and the number of skipped ones.
 */
export function unscale(
  recorder: Recorder,
  t: {
    state: View;
    scale: View;
    clip: View;
    ring: View;
    width: number;
    normColumn: number;
    scaleColumn: number;
    maxNorm: number;
    interval?: number;
  },
): void {
  const { state, scale, clip, ring, width, normColumn, scaleColumn, maxNorm, interval = GROWTH_INTERVAL } = t;
  recorder.call(unscaleShader, {
    uniforms: {
      width,
      norm_column: normColumn,
      scale_column: scaleColumn,
      max_norm: Math.min(maxNorm, MOST_NORM),
      interval,
    },
    bindings: { state, loss_scale: scale, clip, ring },
    groups: [1, 1, 1],
    work: () => ({ flops: 5, bytes: 4 * 8 }),
  });
}
