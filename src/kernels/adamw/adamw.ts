import adamwShader from '../../../shaders/optim/adamw.wgsl';
import clipShader from '../../../shaders/optim/clip_scale.wgsl';
import normShader from '../../../shaders/optim/squared_norm.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { packed } from '../../gpu/shader';

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  /** Whether vectors (norms, biases) decay like matrices; absent, they do. */
  decayNorms?: boolean;
  /** Clip by global norm; Infinity does not clip. */
  maxNorm: number;
}

/** Number of gradients that one workgroup sums. */
const NORM_BLOCK = 4096;
export const normBlocks = (lengths: readonly number[]): number =>
  lengths.reduce((sum, n) => sum + Math.ceil(n / NORM_BLOCK), 0);

/** Stands for Infinity: over a norm of zero the quotient must stay finite, since WGSL promises nothing of an infinite one. */
export const MOST_NORM = 1e30;

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
  const { sums, clip, state, ring, width, column } = t;
  let first = 0;
  for (const gradients of t.gradients) {
    const length = gradients.size / 4;
    const blocks = Math.ceil(length / NORM_BLOCK);
    recorder.call(normShader, {
      uniforms: { length, first },
      bindings: { gradients, sums },
      groups: grid(blocks, 1),
      work: () => ({ flops: 2 * length, bytes: 4 * (length + blocks) }),
    });
    first += blocks;
  }
  const max_norm = Math.min(t.maxNorm, MOST_NORM);
  recorder.call(clipShader, {
    uniforms: { blocks: first, width, column, max_norm },
    bindings: { state, sums, clip, ring },
    groups: [1, 1, 1],
    work: () => ({ flops: first, bytes: 4 * first }),
  });
}

/** One AdamW update of one page, or of a range of it, all of which decays alike; `state` and `clip` come from `stepState` and `globalNorm`, of scaled gradients from `unscale`. */
export function adamw(
  recorder: Recorder,
  settings: AdamWSettings,
  t: { state: View; clip: View; gradients: View; weights: View; first: View; second: View },
): void {
  const { beta1, beta2, eps, weightDecay: decay } = settings;
  const { state, clip, gradients, weights, first, second } = t;
  const length = weights.size / 4;
  recorder.call(adamwShader, {
    uniforms: { length, beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, eps, decay },
    bindings: { state, clip, gradients, weights, first, second },
    groups: grid(length, 64),
    work: () => ({ flops: 18 * length, bytes: 4 * 7 * length }),
  });
}

/**
 * The values that change from step to step: the ring's slot, the learning rate and the bias corrections 1 − βᵗ (t from
 * 1).
 */
export const stepState = (
  slot: number,
  rate: number,
  { beta1, beta2 }: AdamWSettings,
  t: number,
): Uint32Array<ArrayBuffer> =>
  packed('step', adamwShader.structs.StepState, {
    slot,
    rate,
    correction1: 1 - beta1 ** t,
    correction2: 1 - beta2 ** t,
  });
