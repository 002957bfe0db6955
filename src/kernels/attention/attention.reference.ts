import { checkLength, dot, logSumExp, type Vector } from '../reference/arrays';

/** q (N, queryHeads, headDim); k and v (N, kvHeads, headDim). */
export interface AttentionShape {
  queryHeads: number;
  kvHeads: number;
  headDim: number;
}

/** Query head h reads this key/value head: floor(h · kvHeads / queryHeads). */
export const kvHeadOf = (head: number, shape: AttentionShape): number =>
  Math.floor((head * shape.kvHeads) / shape.queryHeads);

function check(q: Vector, k: Vector, v: Vector, rows: number, shape: AttentionShape): void {
  checkLength('q', q, rows * shape.queryHeads * shape.headDim);
  checkLength('k', k, rows * shape.kvHeads * shape.headDim);
  checkLength('v', v, rows * shape.kvHeads * shape.headDim);
}

/**
 * Causal attention within each packed sequence: row i attends rows seqStart[i] .. i. With `seqEnd` it attends all of its
 * sequence: seqStart[i] .. seqEnd[i] − 1.
 * q (N, Hq, hd), k and v (N, Hkv, hd), seqStart (N) → out (N, Hq, hd) = softmax(q·kᵀ / √hd)·v, and lse (N, Hq), the
 * natural log Σ exp of the scaled scores, kept for the backward.
 */
export function attentionForward(
  q: Vector,
  k: Vector,
  v: Vector,
  seqStart: Vector,
  shape: AttentionShape,
  seqEnd?: Vector,
): { out: Float64Array; lse: Float64Array } {
  const rows = seqStart.length;
  check(q, k, v, rows, shape);
  const { queryHeads, kvHeads, headDim } = shape;
  const scale = 1 / Math.sqrt(headDim);
  const out = new Float64Array(q.length);
  const lse = new Float64Array(rows * queryHeads);
  for (let i = 0; i < rows; i++) {
    for (let h = 0; h < queryHeads; h++) {
      const query = (i * queryHeads + h) * headDim;
      const start = seqStart[i]!;
      const last = seqEnd ? seqEnd[i]! - 1 : i;
      const scores = new Float64Array(last - start + 1);
      for (let j = start; j <= last; j++) {
        const key = (j * kvHeads + kvHeadOf(h, shape)) * headDim;
        scores[j - start] = dot(q, query, k, key, headDim) * scale;
      }
      const l = logSumExp(scores, 0, scores.length);
      lse[i * queryHeads + h] = l;
      for (let j = start; j <= last; j++) {
        const value = (j * kvHeads + kvHeadOf(h, shape)) * headDim;
        const p = Math.exp(scores[j - start]! - l);
        for (let d = 0; d < headDim; d++) out[query + d]! += p * v[value + d]!;
      }
    }
  }
  return { out, lse };
}

/** The inputs and results of the forward pass that the backward pass needs. */
export interface AttentionSaved {
  q: Vector;
  k: Vector;
  v: Vector;
  seqStart: Vector;
  out: Vector;
  lse: Vector;
}

/**
 * dout (N, Hq, hd) → dq (N, Hq, hd), dk and dv (N, Hkv, hd). As FlashAttention does: p is made again from lse, and
 * with delta = Σ dout · out the gradient of a score is p · (dout · v − delta).
 */
export function attentionBackward(
  dout: Vector,
  saved: AttentionSaved,
  shape: AttentionShape,
): { dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const { q, k, v, seqStart, out, lse } = saved;
  const rows = seqStart.length;
  check(q, k, v, rows, shape);
  checkLength('dout', dout, q.length);
  checkLength('out', out, q.length);
  checkLength('lse', lse, rows * shape.queryHeads);
  const { queryHeads, kvHeads, headDim } = shape;
  const scale = 1 / Math.sqrt(headDim);
  const dq = new Float64Array(q.length);
  const dk = new Float64Array(k.length);
  const dv = new Float64Array(v.length);
  for (let i = 0; i < rows; i++) {
    for (let h = 0; h < queryHeads; h++) {
      const query = (i * queryHeads + h) * headDim;
      const delta = dot(dout, query, out, query, headDim);
      for (let j = seqStart[i]!; j <= i; j++) {
        const key = (j * kvHeads + kvHeadOf(h, shape)) * headDim;
        const p = Math.exp(dot(q, query, k, key, headDim) * scale - lse[i * queryHeads + h]!);
        const ds = p * (dot(dout, query, v, key, headDim) - delta) * scale;
        for (let d = 0; d < headDim; d++) {
          dq[query + d]! += ds * k[key + d]!;
          dk[key + d]! += ds * q[query + d]!;
          dv[key + d]! += p * dout[query + d]!;
        }
      }
    }
  }
  return { dq, dk, dv };
}
