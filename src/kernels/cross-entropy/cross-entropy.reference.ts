import { checkLength, logSumExp, type Vector } from '../reference/arrays';

/**
 * logits (S, V), targets (S), weights (S) → ce (S) = lse − logits[target], lse (S), loss = Σ wᵢ · ceᵢ. A row whose
 * target is negative (−100: ignored) has ce 0 and no gradient, whatever its weight.
 */
export function crossEntropyForward(
  logits: Vector,
  targets: Vector,
  weights: Vector,
  vocabulary: number,
): { ce: Float64Array; lse: Float64Array; loss: number } {
  const rows = targets.length;
  checkLength('logits', logits, rows * vocabulary);
  checkLength('weights', weights, rows);
  const ce = new Float64Array(rows);
  const lse = new Float64Array(rows);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    lse[i] = logSumExp(logits, i * vocabulary, vocabulary);
    if (targets[i]! < 0) continue;
    ce[i] = lse[i]! - logits[i * vocabulary + targets[i]!]!;
    loss += weights[i]! * ce[i]!;
  }
  return { ce, lse, loss };
}

/** → dlogits (S, V) = scale · wᵢ · (softmax(logits) − onehot(target)); `scale` is the loss's own gradient. */
export function crossEntropyBackward(
  logits: Vector,
  targets: Vector,
  weights: Vector,
  vocabulary: number,
  scale = 1,
): Float64Array {
  const { lse } = crossEntropyForward(logits, targets, weights, vocabulary);
  const dlogits = new Float64Array(logits.length);
  for (let i = 0; i < targets.length; i++) {
    if (targets[i]! < 0) continue;
    for (let v = 0; v < vocabulary; v++) {
      const p = Math.exp(logits[i * vocabulary + v]! - lse[i]!);
      dlogits[i * vocabulary + v] = scale * weights[i]! * (p - (v === targets[i] ? 1 : 0));
    }
  }
  return dlogits;
}
