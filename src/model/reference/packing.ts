import type { Vector } from '../../kernels/reference/arrays';

/** Sequences one after another, without padding, all (N). */
export interface PackedBatch {
  ids: Int32Array;
  /** Position within its own sequence, from 0. */
  positions: Int32Array;
  /** First row of its own sequence. */
  seqStart: Int32Array;
}

/** Packs sequences of ids; sequence s begins at row Σ lengths before it. */
export function pack(sequences: readonly Vector[]): PackedBatch {
  const ids: number[] = [];
  const positions: number[] = [];
  const seqStart: number[] = [];
  for (const sequence of sequences) {
    const start = ids.length;
    for (let t = 0; t < sequence.length; t++) {
      ids.push(sequence[t]!);
      positions.push(t);
      seqStart.push(start);
    }
  }
  return { ids: Int32Array.from(ids), positions: Int32Array.from(positions), seqStart: Int32Array.from(seqStart) };
}

/** The rows of a padded matrix (B, T), each whole: padding is on the right, so causal attention never sees it. */
export function packMatrix(ids: Vector, columns: number): PackedBatch {
  const all = Array.from(ids);
  const rows: number[][] = [];
  for (let start = 0; start < all.length; start += columns) rows.push(all.slice(start, start + columns));
  return pack(rows);
}
