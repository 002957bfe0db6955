import backwardShader from '../../../shaders/nn/embedding_backward.wgsl';
import forwardShader from '../../../shaders/nn/embedding_forward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';
import { bytesOf, weightConstants, type Dtype, type RowBlock } from '../weights/weights';

/** A table in one binding: every token is there. */
const WHOLE: RowBlock = { row: 0, rows: 0xffffffff };

/**
 * out (N, C) = table (V, C) at ids (N).
 * @param t.block which tokens' rows `table` holds; rows of out whose token is not among them are left as they are.
 */
export function embeddingForward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; ids: View; table: View; dtype?: Dtype; block?: RowBlock; out: View },
): void {
  const { row: first, rows: count } = t.block ?? WHOLE;
  recorder.call(forwardShader, {
    constants: weightConstants(t.dtype),
    uniforms: { rows: t.rows, channels: t.channels, first, count },
    bindings: { counts, ids: t.ids, table: t.table, out: t.out },
    groups: grid(t.rows.limit * t.channels, 64),
    work: ({ live, integers }) => {
      const ids = integers('ids').subarray(0, live(t.rows));
      const here = ids.filter((id) => id >= first && id - first < count).length;
      return { flops: 0, bytes: here * (bytesOf(t.dtype ?? 'f32', t.channels) + 4 * t.channels) + 4 * ids.length };
    },
  });
}

/** The rows of a batch by the token they look up, so that each distinct token's gradient has one owner. */
export interface TokenIndex {
  distinct: Uint32Array<ArrayBuffer>;
  offsets: Uint32Array<ArrayBuffer>;
  order: Uint32Array<ArrayBuffer>;
}

/** Sorts the rows by token id; rows of one token stay in order. */
export function indexTokens(ids: Uint32Array): TokenIndex {
  const order = Uint32Array.from(ids.keys()).sort((a, b) => ids[a]! - ids[b]! || a - b);
  const distinct: number[] = [];
  const offsets: number[] = [];
  order.forEach((row, at) => {
    const id = ids[row]!;
    if (distinct.length === 0 || distinct[distinct.length - 1] !== id) {
      distinct.push(id);
      offsets.push(at);
    }
  });
  offsets.push(ids.length);
  return { distinct: Uint32Array.from(distinct), offsets: Uint32Array.from(offsets), order };
}

/**
 * dtable (V, C) += dout (N, C), by distinct token; `rows` counts the distinct tokens.
 * @param t.block which tokens' rows `dtable` holds; others are passed over.
 */
export function embeddingBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: {
    rows: Rows;
    channels: number;
    distinct: View;
    offsets: View;
    order: View;
    dout: View;
    dtable: View;
    block?: RowBlock;
  },
): void {
  const { row: first, rows: count } = t.block ?? WHOLE;
  const { distinct, offsets, order, dout, dtable } = t;
  recorder.call(backwardShader, {
    uniforms: { rows: t.rows, channels: t.channels, first, count },
    bindings: { counts, distinct, offsets, order, dout, dtable },
    groups: grid(t.rows.limit * t.channels, 64),
    work: ({ live, integers }) => {
      const [ids, begins] = [integers('distinct'), integers('offsets')];
      const tokens = live(t.rows);
      let [here, read] = [0, 0];
      for (let u = 0; u < tokens; u++) {
        if (ids[u]! < first || ids[u]! - first >= count) continue;
        here++;
        read += begins[u + 1]! - begins[u]!;
      }
      return {
        flops: (read + here) * t.channels,
        bytes: 4 * ((read + 2 * here) * t.channels + read + here + tokens),
      };
    },
  });
}
