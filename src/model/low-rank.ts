import { loraScale } from '../config/lora';
import type { View } from '../gpu/gpu';
import { matmul } from '../kernels/matmul/matmul';
import { fixedRows } from '../kernels/rows';
import { adaptedParts, lowRankNames } from '../tensors/adapter-layout';
import type { TensorTable } from '../tensors/table';
import type { TensorSet } from '../tensors/tensor-set';
import type { Gradients, Pass } from './pass';

/** Floats a row that any layer's products A x take: what `Pass.lowRank` is made for; 0 without an adapter. */
export function lowRankWidth(table: TensorTable): number {
  return Math.max(0, ...table.tensors.filter(({ name }) => name.endsWith('.lora_A')).map(({ shape }) => shape[0]!));
}

/**
 * The LoRA part of a linear layer: y += s B (A x) for each projection in its tensor (arXiv 2106.09685, §4.1). Nothing
 * is kept for the backward pass, which computes A x again.
 */
export class LowRank {
  private readonly rank: number;
  private readonly scale: number;
  private readonly inputs: number;
  private readonly a: View;
  private readonly parts: readonly { row: number; rows: number; name: string; b: View }[];

  /** The LoRA part of one tensor; null where the adapter has none for it. */
  static of(weights: TensorSet, name: string): LowRank | null {
    return weights.has(lowRankNames(name).a) ? new LowRank(weights, name) : null;
  }

  private constructor(
    weights: TensorSet,
    private readonly name: string,
  ) {
    const { adapter } = weights.table;
    if (!adapter) throw new Error(`no adapter on ${name}`);
    const entry = weights.table.entry(name);
    this.rank = adapter.rank;
    this.scale = loraScale(adapter);
    this.inputs = entry.shape[1]!;
    const names = lowRankNames(name);
    this.a = weights.view(names.a);
    this.parts = adaptedParts(entry, adapter.targets).map(({ projection, row, rows }) => {
      const b = names.b(projection);
      return { row, rows, name: b, b: weights.view(b) };
    });
  }

  /** Columns of A x. */
  private get width(): number {
    return this.parts.length * this.rank;
  }

  /** y (N, outputs) += s B (A x), of x (N, inputs). */
  forward(pass: Pass, { x, y, outputs }: { x: View; y: View; outputs: number }): void {
    const down = this.down(pass, x);
    this.parts.forEach(({ row, rows, b }, i) => {
      matmul(pass.recorder, pass, {
        rows: pass.rows,
        inner: fixedRows(this.rank),
        columns: rows,
        a: { view: down, stride: this.width, base: i * this.rank },
        b: { view: b, stride: this.rank, transposed: true },
        c: y,
        cBase: row,
        cStride: outputs,
        accumulate: true,
      });
    });
  }

  /** dx (N, inputs) += its share, and the gradients of A and B, of dy (N, outputs). */
  backward(
    pass: Pass,
    { set, partial, dlowRank, accumulate }: Gradients,
    t: { x: View; dy: View; dx: View; outputs: number },
  ): void {
    if (!dlowRank) throw new Error('an adapter needs scratch for its backward pass');
    const { recorder, rows } = pass;
    const { rank, width, inputs, scale } = this;
    const down = this.down(pass, t.x);
    const gradient = (name: string, cStride: number) => {
      const cut = partial?.of(name);
      return cut ? { c: cut.view, cStride, parts: cut.parts } : { c: set.view(name), cStride, accumulate };
    };
    this.parts.forEach((part, i) => {
      const dy = { view: t.dy, stride: t.outputs, base: part.row };
      // s is in A x already.
      matmul(recorder, pass, {
        rows: fixedRows(part.rows),
        inner: rows,
        columns: rank,
        a: { ...dy, transposed: true },
        b: { view: down, stride: width, base: i * rank },
        ...gradient(part.name, rank),
      });
      matmul(recorder, pass, {
        rows,
        inner: fixedRows(part.rows),
        columns: rank,
        a: dy,
        b: { view: part.b, stride: rank },
        c: dlowRank,
        cBase: i * rank,
        cStride: width,
        scale,
      });
    });
    matmul(recorder, pass, {
      rows: fixedRows(width),
      inner: rows,
      columns: inputs,
      a: { view: dlowRank, stride: width, transposed: true },
      b: { view: t.x, stride: inputs },
      ...gradient(lowRankNames(this.name).a, inputs),
    });
    matmul(recorder, pass, {
      rows,
      inner: fixedRows(width),
      columns: inputs,
      a: { view: dlowRank, stride: width },
      b: { view: this.a, stride: inputs },
      c: t.dx,
      cStride: inputs,
      accumulate: true,
    });
  }

  /** s A x of all projections (N, width), in the pass's scratch. */
  private down(pass: Pass, x: View): View {
    const { lowRank } = pass;
    if (!lowRank) throw new Error('an adapter needs scratch for its forward pass');
    matmul(pass.recorder, pass, {
      rows: pass.rows,
      inner: fixedRows(this.inputs),
      columns: this.width,
      a: { view: x, stride: this.inputs },
      b: { view: this.a, stride: this.inputs, transposed: true },
      c: lowRank,
      cStride: this.width,
      scale: this.scale,
    });
    return lowRank;
  }
}
