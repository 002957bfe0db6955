import { checkLength, logSumExp, type Vector } from '../reference/arrays';

/** `forward` is KL(base ‖ model), the default; `reverse` is KL(model ‖ base). */
export type KlDirection = 'forward' | 'reverse';

/** base logits and logits (S, V), weights (S) → kl (S), the divergence per row, and loss = Σ wᵢ · klᵢ. */
export function klDivergenceForward(
  base: Vector,
  logits: Vector,
  weights: Vector,
  vocabulary: number,
  direction: KlDirection = 'forward',
): { kl: Float64Array; loss: number } {
  const rows = weights.length;
  checkLength('base', base, rows * vocabulary);
  checkLength('logits', logits, rows * vocabulary);
  const kl = new Float64Array(rows);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * vocabulary;
    const lseBase = logSumExp(base, row, vocabulary);
    const lseModel = logSumExp(logits, row, vocabulary);
    for (let v = 0; v < vocabulary; v++) {
      const logBase = base[row + v]! - lseBase;
      const logModel = logits[row + v]! - lseModel;
      kl[i]! +=
        direction === 'forward' ? Math.exp(logBase) * (logBase - logModel) : Math.exp(logModel) * (logModel - logBase);
    }
    loss += weights[i]! * kl[i]!;
  }
  return { kl, loss };
}

/**
 * → dlogits (S, V), the base being frozen. Forward: scale · wᵢ · (p_model − p_base). Reverse:
 * scale · wᵢ · p_model · (log p_model − log p_base − klᵢ).
 */
export function klDivergenceBackward(
  base: Vector,
  logits: Vector,
  weights: Vector,
  vocabulary: number,
  direction: KlDirection = 'forward',
  scale = 1,
): Float64Array {
  const { kl } = klDivergenceForward(base, logits, weights, vocabulary, direction);
  const dlogits = new Float64Array(logits.length);
  for (let i = 0; i < weights.length; i++) {
    const row = i * vocabulary;
    const lseBase = logSumExp(base, row, vocabulary);
    const lseModel = logSumExp(logits, row, vocabulary);
    for (let v = 0; v < vocabulary; v++) {
      const logBase = base[row + v]! - lseBase;
      const logModel = logits[row + v]! - lseModel;
      const slope =
        direction === 'forward'
          ? Math.exp(logModel) - Math.exp(logBase)
          : Math.exp(logModel) * (logModel - logBase - kl[i]!);
      dlogits[row + v] = scale * weights[i]! * slope;
    }
  }
  return dlogits;
}
