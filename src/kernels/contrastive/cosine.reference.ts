import { l2NormalizeBackward, l2NormalizeForward } from '../l2-normalize/l2-normalize.reference';
import { linearBackward, linearForward } from '../linear/linear.reference';
import type { Vector } from '../reference/arrays';

/** queries (B, C), documents (K, C), neither normalised → scores (B, K), their cosines. */
export function cosineForward(queries: Vector, documents: Vector, width: number): Float64Array {
  const q = l2NormalizeForward(queries, width).y;
  const d = l2NormalizeForward(documents, width).y;
  return linearForward(q, d, undefined, { n: q.length / width, k: width, m: d.length / width });
}

/** dscores (B, K) → dqueries (B, C), ddocuments (K, C). */
export function cosineBackward(
  dscores: Vector,
  queries: Vector,
  documents: Vector,
  width: number,
): { dqueries: Float64Array; ddocuments: Float64Array } {
  const q = l2NormalizeForward(queries, width);
  const d = l2NormalizeForward(documents, width);
  const shape = { n: q.norm.length, k: width, m: d.norm.length };
  const { dx, dw } = linearBackward(dscores, q.y, d.y, shape);
  return {
    dqueries: l2NormalizeBackward(dx, q.y, q.norm, width),
    ddocuments: l2NormalizeBackward(dw, d.y, d.norm, width),
  };
}
