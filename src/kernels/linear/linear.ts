import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { columnSum } from '../sums/column-sum';
import { matmul } from '../matmul/matmul';
import { fixedRows, type KernelContext, type Rows } from '../rows';
import type { Dtype, RowBlock } from '../weights/weights';

/** A linear layer y = x · wᵀ + b with w (M, K), as in Hugging Face checkpoints. */
export interface LinearShape {
  rows: Rows;
  /** K */
  inputs: number;
  /** M */
  outputs: number;
}

/**
 * y (N, M) = x (N, K) · wᵀ + b (M), or + residual (N, M).
 * @param t.block rows of w that `weight` holds: only those columns of y are written. All blocks together give the bits of a
 * weight in one binding.
 */
export function linearForward(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs }: LinearShape,
  t: {
    x: View;
    weight: View;
    dtype?: Dtype;
    block?: RowBlock;
    bias?: View | undefined;
    residual?: View;
    y: View;
  },
): void {
  matmul(recorder, context, {
    rows,
    inner: fixedRows(inputs),
    columns: t.block?.rows ?? outputs,
    a: { view: t.x, stride: inputs },
    b: { view: t.weight, stride: inputs, transposed: true, dtype: t.dtype ?? 'f32' },
    c: t.y,
    cBase: t.block?.row ?? 0,
    cStride: outputs,
    bias: t.bias,
    residual: t.residual,
  });
}

/**
 * dx (N, K) (+)= dy (N, M) · w.
 * @param t.block rows of w that `weight` holds: dx gets their share. The first block overwrites, the others go on from what
 * is there, in order, and all together give the bits of a weight in one binding.
 */
export function linearBackwardInput(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs }: LinearShape,
  t: { dy: View; weight: View; dtype?: Dtype; block?: RowBlock; dx: View; accumulate?: boolean },
): void {
  const continued = (t.block?.row ?? 0) > 0;
  matmul(recorder, context, {
    rows,
    inner: fixedRows(t.block?.rows ?? outputs),
    columns: inputs,
    a: { view: t.dy, stride: outputs, base: t.block?.row ?? 0 },
    b: { view: t.weight, stride: inputs, dtype: t.dtype ?? 'f32' },
    c: t.dx,
    cStride: inputs,
    accumulate: !continued && (t.accumulate ?? false),
    continued,
  });
}

/**
 * dw (M, K) (+)= dyᵀ · x, and db (M) = column sums of dy; `sums` is scratch of ⌈N / 64⌉ · M floats.
 * @param t.block rows of dw that `dweight` holds; db is whole whatever the block.
 */
export function linearBackwardWeight(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs }: LinearShape,
  t: {
    x: View;
    dy: View;
    dweight: View;
    block?: RowBlock;
    dbias?: View | undefined;
    sums: View;
    accumulate?: boolean;
  },
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
  });
  if (t.dbias) columnSum(recorder, context, { rows, columns: outputs, x: t.dy, sums: t.sums, out: t.dbias });
}
