import backwardSource from '../../shaders/nn/embedding_backward.wgsl';
import forwardSource from '../../shaders/nn/embedding_forward.wgsl';
import type { View } from '../gpu/gpu';
import { grid, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** out (N, C) = table (V, C) at ids (N). */
export function embeddingForward(
  recorder: Recorder,
  { counts }: KernelContext,
  { rows, channels, ids, table, out }: { rows: Rows; channels: number; ids: View; table: View; out: View },
): void {
  const kernel = recorder.gpu.kernel('embedding_forward', forwardSource);
  recorder.dispatch(kernel, [...rowWords(rows), channels], [counts, ids, table, out], grid(rows.limit * channels, 64));
}

/** The rows of a batch by the token they look up, so that each distinct token's gradient has one owner. */
export interface TokenIndex {
  distinct: Uint32Array<ArrayBuffer>;
  offsets: Uint32Array<ArrayBuffer>;
  order: Uint32Array<ArrayBuffer>;
}

/** Counting sort of the rows by token id; rows of one token stay in order. */
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

/** dtable (V, C) += dout (N, C), by distinct token; `rows` counts the distinct tokens. */
export function embeddingBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; channels: number; distinct: View; offsets: View; order: View; dout: View; dtable: View },
): void {
  const kernel = recorder.gpu.kernel('embedding_backward', backwardSource);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.channels],
    [counts, t.distinct, t.offsets, t.order, t.dout, t.dtable],
    grid(t.rows.limit * t.channels, 64),
  );
}
