import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { columnSum } from './column-sum';
import { matmul } from './matmul';
import { fixedRows, type KernelContext, type Rows } from './rows';

/** A linear layer y = x · wᵀ + b with w (M, K), as in Hugging Face checkpoints. */
export interface LinearShape {
  rows: Rows;
  /** K */
  inputs: number;
  /** M */
  outputs: number;
}

/** y (N, M) = x (N, K) · wᵀ + b (M), or + residual (N, M). */
export function linearForward(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs }: LinearShape,
  t: { x: View; weight: View; bias?: View | undefined; residual?: View; y: View },
): void {
  matmul(recorder, context, {
    rows,
    inner: fixedRows(inputs),
    columns: outputs,
    a: { view: t.x, stride: inputs },
    b: { view: t.weight, stride: inputs, transposed: true },
    c: t.y,
    cStride: outputs,
    bias: t.bias,
    residual: t.residual,
  });
}

/** dx (N, K) (+)= dy (N, M) · w. */
export function linearBackwardInput(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs }: LinearShape,
  t: { dy: View; weight: View; dx: View; accumulate?: boolean },
): void {
  matmul(recorder, context, {
    rows,
    inner: fixedRows(outputs),
    columns: inputs,
    a: { view: t.dy, stride: outputs },
    b: { view: t.weight, stride: inputs },
    c: t.dx,
    cStride: inputs,
    accumulate: t.accumulate ?? false,
  });
}

/** dw (M, K) (+)= dyᵀ · x, and db (M) = column sums of dy; `sums` is scratch of ⌈N / 64⌉ · M floats. */
export function linearBackwardWeight(
  recorder: Recorder,
  context: KernelContext,
  { rows, inputs, outputs }: LinearShape,
  t: { x: View; dy: View; dweight: View; dbias?: View | undefined; sums: View; accumulate?: boolean },
): void {
  matmul(recorder, context, {
    rows: fixedRows(outputs),
    inner: rows,
    columns: inputs,
    a: { view: t.dy, stride: outputs, transposed: true },
    b: { view: t.x, stride: inputs },
    c: t.dweight,
    cStride: inputs,
    accumulate: t.accumulate ?? false,
  });
  if (t.dbias) columnSum(recorder, context, { rows, columns: outputs, x: t.dy, sums: t.sums, out: t.dbias });
}
