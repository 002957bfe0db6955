import { checkLength, logSumExp, type Vector } from '../reference/arrays';

/**
 * InfoNCE in f64: scores (B, K), positive (B), temperature τ → per row −log(exp(s⁺/τ) / Σₖ exp(sₖ/τ)) (B), and loss, their mean.
 */
export function infonceForward(
  scores: Vector,
  positive: Vector,
  temperature: number,
): { rows: Float64Array; loss: number } {
  const b = positive.length;
  const k = scores.length / b;
  checkLength('scores', scores, b * Math.floor(k));
  const rows = new Float64Array(b);
  let loss = 0;
  for (let i = 0; i < b; i++) {
    rows[i] = logSumExp(scores, i * k, k, 1 / temperature) - scores[i * k + positive[i]!]! / temperature;
    loss += rows[i]! / b;
  }
  return { rows, loss };
}

/** → dscores (B, K) = scale · (softmax(s/τ) − onehot(positive)) / (τ · B). */
export function infonceBackward(scores: Vector, positive: Vector, temperature: number, scale = 1): Float64Array {
  const b = positive.length;
  const k = scores.length / b;
  const dscores = new Float64Array(scores.length);
  for (let i = 0; i < b; i++) {
    const lse = logSumExp(scores, i * k, k, 1 / temperature);
    for (let j = 0; j < k; j++) {
      const p = Math.exp(scores[i * k + j]! / temperature - lse);
      dscores[i * k + j] = (scale * (p - (j === positive[i] ? 1 : 0))) / (temperature * b);
    }
  }
  return dscores;
}
