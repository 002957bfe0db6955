import adamwSource from '../../shaders/optim/adamw.wgsl';
import clipSource from '../../shaders/optim/clip_scale.wgsl';
import normSource from '../../shaders/optim/squared_norm.wgsl';
import type { View } from '../gpu/gpu';
import { f32, grid, type Recorder } from '../gpu/recorder';

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  /** Clip by global norm; Infinity does not clip. */
  maxNorm: number;
}

/** Gradients that one workgroup sums. */
const NORM_BLOCK = 4096;
export const normBlocks = (lengths: readonly number[]): number =>
  lengths.reduce((sum, n) => sum + Math.ceil(n / NORM_BLOCK), 0);

/** The global norm over all pages into the ring, and the factor that clips it into `clip`; `sums` holds `normBlocks` floats. */
export function globalNorm(
  recorder: Recorder,
  t: {
    gradients: readonly View[];
    maxNorm: number;
    sums: View;
    clip: View;
    state: View;
    ring: View;
    width: number;
    column: number;
  },
): void {
  const norm = recorder.gpu.kernel('squared_norm', normSource);
  let first = 0;
  for (const gradients of t.gradients) {
    const length = gradients.size / 4;
    const blocks = Math.ceil(length / NORM_BLOCK);
    recorder.dispatch(norm, [length, first], [gradients, t.sums], grid(blocks, 1));
    first += blocks;
  }
  const clip = recorder.gpu.kernel('clip_scale', clipSource);
  // Over a norm of zero the quotient must stay finite: WGSL promises nothing of an infinite one.
  const words = [first, t.width, t.column, f32(Math.min(t.maxNorm, 1e30))];
  recorder.dispatch(clip, words, [t.state, t.sums, t.clip, t.ring], [1, 1, 1]);
}

/** One AdamW update of one page; `state` and `clip` come from `stepState` and `globalNorm`. */
export function adamw(
  recorder: Recorder,
  settings: AdamWSettings,
  t: { state: View; clip: View; gradients: View; weights: View; first: View; second: View },
): void {
  const kernel = recorder.gpu.kernel('adamw', adamwSource);
  const length = t.weights.size / 4;
  recorder.dispatch(
    kernel,
    [
      length,
      ...[
        settings.beta1,
        settings.beta2,
        1 - settings.beta1,
        1 - settings.beta2,
        settings.eps,
        settings.weightDecay,
      ].map(f32),
    ],
    [t.state, t.clip, t.gradients, t.weights, t.first, t.second],
    grid(length, 64),
  );
}

/** What changes from step to step: the ring's slot, the learning rate and the bias corrections 1 − βᵗ (t from 1). */
export function stepState(slot: number, rate: number, settings: AdamWSettings, t: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(4);
  words[0] = slot;
  new Float32Array(words.buffer, 4).set([rate, 1 - settings.beta1 ** t, 1 - settings.beta2 ** t]);
  return words;
}
