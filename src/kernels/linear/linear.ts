import type { Compute } from '../../config/compute';
import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { matmul } from '../matmul/matmul';
import { fixedRows, type KernelContext, type Rows } from '../rows';
import { inFloats, type WeightPart } from '../weights/in-floats';
import type { Dtype, RowBlock } from '../weights/weights';

/** A linear layer y = x · wᵀ + b with w (M, K), as in Hugging Face checkpoints. */
export interface LinearShape {
  rows: Rows;
  /** K */
  inputs: number;
  /** M */
  outputs: number;
  /** What its products multiply: `MatmulOptions.compute`. */
  compute?: Compute | undefined;
}

/** A weight (M, K), or rows of one, as a product reads it. */
export interface LinearWeight {
  weight: View;
  dtype?: Dtype;
  /** Rows of w that `weight` holds. */
  block?: RowBlock;
  /** Floats, of a row at least: where packed weights are unpacked to, a part at a time, for many rows. */
  scratch?: View | null;
}

const partOf = ({ weight, dtype = 'f32', block }: LinearWeight, rows: number): WeightPart => ({
  weight,
  dtype,
  block: block ?? { row: 0, rows },
});

/**
 * y (N, M) = x (N, K) · wᵀ + b (M), or + residual (N, M).
 * @param t.block only those columns of y are written. All blocks together give the bits of a weight in one binding.
 */
export function linearForward(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs, compute }: LinearShape,
  t: LinearWeight & { x: View; bias?: View | undefined; residual?: View; y: View },
): void {
  const o = { rows, part: partOf(t, outputs), columns: inputs, scratch: t.scratch };
  inFloats(recorder, context, o, ({ weight, dtype, block }) => {
    matmul(recorder, context, {
      rows,
      inner: fixedRows(inputs),
      columns: block.rows,
      a: { view: t.x, stride: inputs },
      b: { view: weight, stride: inputs, transposed: true, dtype },
      c: t.y,
      cBase: block.row,
      cStride: outputs,
      bias: t.bias,
      residual: t.residual,
      compute,
    });
  });
}

/**
 * dx (N, K) (+)= dy (N, M) · w.
 * @param t.block dx gets their share. The first block overwrites, the others continue from what is there, in order, and all
 * together give the bits of a weight in one binding.
 */
export function linearBackwardInput(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs, compute }: LinearShape,
  t: LinearWeight & { dy: View; dx: View; accumulate?: boolean },
): void {
  const o = { rows, part: partOf(t, outputs), columns: inputs, scratch: t.scratch };
  inFloats(recorder, context, o, ({ weight, dtype, block }) => {
    const continued = block.row > 0;
    matmul(recorder, context, {
      rows,
      inner: fixedRows(block.rows),
      columns: inputs,
      a: { view: t.dy, stride: outputs, base: block.row },
      b: { view: weight, stride: inputs, dtype },
      c: t.dx,
      cStride: inputs,
      accumulate: !continued && (t.accumulate ?? false),
      continued,
      compute,
    });
  });
}

/**
 * dw (M, K) (+)= dyᵀ · x.
 * @param t.block rows of dw that `dweight` holds.
 * @param t.parts the most that the sums over rows are cut into; `dweight` then holds as many of it, for `sumParts` to add up.
 */
export function linearBackwardWeight(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs, compute }: LinearShape,
  t: { x: View; dy: View; dweight: View; block?: RowBlock; parts?: number; accumulate?: boolean },
): void {
  matmul(recorder, context, {
    rows: fixedRows(t.block?.rows ?? outputs),
    inner: rows,
    columns: inputs,
    a: { view: t.dy, stride: outputs, transposed: true, base: t.block?.row ?? 0 },
    b: { view: t.x, stride: inputs },
    c: t.dweight,
    cStride: inputs,
    accumulate: t.accumulate ?? false,
    compute,
    ...(t.parts === undefined ? {} : { parts: t.parts }),
  });
}
