import { checkLength, logSumExp, type Vector } from '../reference/arrays';

/**
 * Log-softmax and gather: logits (S, V), targets (S) → logprobs (S) of the targets and entropy (S), in nats, both of
 * softmax(logits / temperature).
 */
export function logprobForward(
  logits: Vector,
  targets: Vector,
  vocabulary: number,
  temperature = 1,
): { logprobs: Float64Array; entropy: Float64Array } {
  const rows = targets.length;
  checkLength('logits', logits, rows * vocabulary);
  const logprobs = new Float64Array(rows);
  const entropy = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = i * vocabulary;
    const lse = logSumExp(logits, row, vocabulary, 1 / temperature);
    logprobs[i] = logits[row + targets[i]!]! / temperature - lse;
    for (let v = 0; v < vocabulary; v++) {
      const logP = logits[row + v]! / temperature - lse;
      entropy[i]! -= Math.exp(logP) * logP;
    }
  }
  return { logprobs, entropy };
}

/** dlogprobs (S) → dlogits (S, V) = dlogprobᵢ · (onehot(target) − softmax) / temperature. Entropy is not trained. */
export function logprobBackward(
  dlogprobs: Vector,
  logits: Vector,
  targets: Vector,
  vocabulary: number,
  temperature = 1,
): Float64Array {
  checkLength('dlogprobs', dlogprobs, targets.length);
  const dlogits = new Float64Array(logits.length);
  for (let i = 0; i < targets.length; i++) {
    const row = i * vocabulary;
    const lse = logSumExp(logits, row, vocabulary, 1 / temperature);
    for (let v = 0; v < vocabulary; v++) {
      const p = Math.exp(logits[row + v]! / temperature - lse);
      dlogits[row + v] = (dlogprobs[i]! * ((v === targets[i] ? 1 : 0) - p)) / temperature;
    }
  }
  return dlogits;
}
