import shader from '../../../shaders/nn/matmul_swiglu.wgsl';
import type { Compute } from '../../config/compute';
import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { factorConstants } from '../matmul/half';
import { PAIRED_TILES, pairedTileFor, tileGroups, tileReads, tileRounds, usesTiles } from '../matmul/tiles';
import type { KernelContext, Rows } from '../rows';
import { swigluForward } from '../swiglu/swiglu';
import { bytesOf, isPacked, weightConstants, type Dtype } from '../weights/weights';
import { linearForward } from './linear';

/** Two projections of one input and the SwiGLU of them. */
export interface SwigluShape {
  rows: Rows;
  /** K */
  inputs: number;
  /** F */
  features: number;
  /** What the projections multiply: `MatmulOptions.compute`. */
  compute?: Compute | undefined;
}

/**
 * gateUp (N, 2F) = x (N, K) · wᵀ and out (N, F) = silu(gate) · up, of a weight (2F, K) that lies in one binding. Adapters that are
 * no CPU compute both in one dispatch, with the bits of two, where the weight is not packed.
 * @param tile of that dispatch; null for two.
 */
export function linearSwiglu(
  recorder: Recorder,
  context: KernelContext,
  shape: SwigluShape,
  t: { x: View; weight: View; dtype: Dtype; scratch: View | null; gateUp: View; out: View },
  tile: keyof typeof PAIRED_TILES | null = tileOf(recorder, shape, t.dtype),
): void {
  const { rows, inputs, features, compute } = shape;
  const { x, weight, dtype, gateUp, out } = t;
  if (tile === null) {
    linearForward(recorder, context, { rows, inputs, outputs: 2 * features, compute }, { ...t, y: gateUp });
    swigluForward(recorder, context, { rows, features, gateUp, out });
    return;
  }
  const lanes = PAIRED_TILES[tile];
  recorder.spare();
  recorder.call(shader, {
    constants: { ...lanes, ...weightConstants(dtype), ...factorConstants(compute) },
    uniforms: { rows, inputs, features },
    bindings: { counts: context.counts, x, weight, gate_up: gateUp, out },
    groups: [Math.ceil(features / (lanes.LANES_X * 4)), Math.ceil(rows.limit / (lanes.LANES_Y * lanes.ROWS)), 1],
    work: ({ live }) => {
      const product = productOf(live(rows), shape);
      return {
        flops: live(rows) * features * (4 * inputs + 5),
        bytes: 4 * live(rows) * (inputs + 3 * features) + bytesOf(dtype, 2 * features * inputs),
        shared: tileReads(lanes, product),
        rounds: tileRounds(product),
        workgroups: tileGroups(lanes, product),
      };
    },
  });
}

const productOf = (rows: number, { inputs, features, compute }: SwigluShape) => ({
  rows,
  inner: inputs,
  columns: 2 * features,
  compute,
});

function tileOf({ gpu }: Recorder, shape: SwigluShape, dtype: Dtype): keyof typeof PAIRED_TILES | null {
  return usesTiles(gpu) && !isPacked(dtype) ? pairedTileFor(gpu, productOf(shape.rows.limit, shape)) : null;
}
