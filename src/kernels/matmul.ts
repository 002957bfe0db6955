import matmulSource from '../../shaders/nn/matmul.wgsl';
import tiledSource from '../../shaders/nn/matmul_tiled.wgsl';
import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** A matrix in a buffer: element (i, j) lies at i·stride + j, or at j·stride + i where `transposed`. */
export interface Matrix {
  view: View;
  stride: number;
  transposed?: boolean;
}

export interface MatmulOptions {
  rows: Rows;
  inner: Rows;
  columns: number;
  /** (rows, inner) */
  a: Matrix;
  /** (inner, columns) */
  b: Matrix;
  /** (rows, columns), row stride `cStride`. */
  c: View;
  cStride: number;
  /** (columns), added to each row. */
  bias?: View | undefined;
  /** (rows, columns) with C's stride, added to the product. */
  residual?: View | undefined;
  /** C += A · B */
  accumulate?: boolean;
}

/**
 * C = A · B. Both shaders sum in the same order; workgroup memory pays on hardware, registers alone on a CPU adapter
 * (docs/decisions/matmul.md).
 */
export function matmul(recorder: Recorder, { counts }: KernelContext, o: MatmulOptions): void {
  const software = recorder.gpu.adapter.software;
  const kernel = recorder.gpu.kernel('matmul', software ? matmulSource : tiledSource);
  const [aRow, aInner] = o.a.transposed ? [1, o.a.stride] : [o.a.stride, 1];
  const [bInner, bColumn] = o.b.transposed ? [1, o.b.stride] : [o.b.stride, 1];
  const words = [
    ...rowWords(o.rows),
    ...rowWords(o.inner),
    o.columns,
    aRow,
    aInner,
    bInner,
    bColumn,
    o.cStride,
    o.accumulate ? 1 : 0,
    o.bias ? 1 : o.residual ? 2 : 0,
  ];
  const tile = software ? { rows: 32, columns: 64 } : { rows: 64, columns: 64 };
  recorder.dispatch(
    kernel,
    words,
    [counts, o.a.view, o.b.view, o.bias ?? o.residual ?? counts, o.c],
    [Math.ceil(o.columns / tile.columns), Math.ceil(o.rows.limit / tile.rows), 1],
  );
}
