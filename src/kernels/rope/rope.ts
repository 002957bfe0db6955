import type { RopeScaling } from '../../config/architecture';
import shader from '../../../shaders/nn/rope.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { ropeFrequencies } from '../../config/rope-frequencies';
import { type KernelContext, type Rows } from '../rows';

/** Cosine and sine of position · frequency, made in f64: (positions, headDim / 2, 2). */
export function ropeTable(
  positions: number,
  headDim: number,
  theta: number,
  scaling?: RopeScaling,
): Float32Array<ArrayBuffer> {
  const frequencies = ropeFrequencies(headDim, theta, scaling);
  const half = headDim / 2;
  const table = new Float32Array(positions * half * 2);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      table[(position * half + i) * 2] = Math.cos(angle);
      table[(position * half + i) * 2 + 1] = Math.sin(angle);
    }
  }
  return table;
}

/** Turns the first `heads` heads (q, then k) of each row of qkv (N, stride) in place; backward turns them back. */
export function rope(
  recorder: Recorder,
  { counts }: KernelContext,
  t: {
    rows: Rows;
    heads: number;
    headDim: number;
    stride: number;
    positions: View;
    table: View;
    qkv: View;
    backward: boolean;
  },
): void {
  const half = t.headDim / 2;
  recorder.call(shader, {
    uniforms: { rows: t.rows, heads: t.heads, half, stride: t.stride, sign: t.backward ? -1 : 1 },
    bindings: { counts, positions: t.positions, table: t.table, qkv: t.qkv },
    groups: grid(t.rows.limit * t.heads * half, 64),
    work: ({ live }) => ({
      flops: 7 * live(t.rows) * t.heads * half,
      bytes: 4 * live(t.rows) * (4 * t.heads * half + 2 * half + 1),
    }),
  });
}
