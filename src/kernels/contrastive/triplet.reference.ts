import { checkLength, type Vector } from '../reference/arrays';

/**
 * scores (B, K), positive and negative (B), margin θ → per row max(0, θ + s⁻ − s⁺) (B), and loss, their mean.
 */
export function tripletForward(
  scores: Vector,
  positive: Vector,
  negative: Vector,
  margin: number,
): { rows: Float64Array; loss: number } {
  const b = positive.length;
  const k = scores.length / b;
  checkLength('negative', negative, b);
  const rows = new Float64Array(b);
  let loss = 0;
  for (let i = 0; i < b; i++) {
    rows[i] = Math.max(0, margin + scores[i * k + negative[i]!]! - scores[i * k + positive[i]!]!);
    loss += rows[i]! / b;
  }
  return { rows, loss };
}

/** → dscores (B, K): ±scale / B at the negative and the positive of active rows. A row at exactly 0 is inactive. */
export function tripletBackward(
  scores: Vector,
  positive: Vector,
  negative: Vector,
  margin: number,
  scale = 1,
): Float64Array {
  const b = positive.length;
  const k = scores.length / b;
  const { rows } = tripletForward(scores, positive, negative, margin);
  const dscores = new Float64Array(scores.length);
  for (let i = 0; i < b; i++) {
    if (rows[i] === 0) continue;
    dscores[i * k + negative[i]!]! += scale / b;
    dscores[i * k + positive[i]!]! -= scale / b;
  }
  return dscores;
}
