import { checkLength, type Vector } from '../reference/arrays';

export interface AdamwSettings {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  weight_decay: number;
}

/** A tensor with its moments, all of the same length. */
export interface AdamwTensor {
  parameter: Float64Array;
  m: Float64Array;
  v: Float64Array;
}

/**
 * One step in place, as PyTorch's AdamW: the decay lr · weight_decay is taken from the parameter itself, then
 * lr · (m / (1 − beta1ᵗ)) / (√(v / (1 − beta2ᵗ)) + eps).
 * @param step t, from 1.
 * @param scale what the gradient is multiplied by first: the clip coefficient.
 */
export function adamwStep(
  tensor: AdamwTensor,
  gradient: Vector,
  settings: AdamwSettings,
  step: number,
  scale = 1,
): void {
  const { lr, beta1, beta2, eps, weight_decay } = settings;
  const { parameter, m, v } = tensor;
  checkLength('gradient', gradient, parameter.length);
  checkLength('m', m, parameter.length);
  checkLength('v', v, parameter.length);
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]! * scale;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const update = m[i]! / correction1 / (Math.sqrt(v[i]! / correction2) + eps);
    parameter[i] = parameter[i]! * (1 - lr * weight_decay) - lr * update;
  }
}

/** √ Σ g² over all tensors together. */
export function globalNorm(gradients: Iterable<Vector>): number {
  let sum = 0;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) sum += gradient[i]! ** 2;
  }
  return Math.sqrt(sum);
}

/** The factor that clips gradients, as PyTorch's `clip_grad_norm_`: min(1, maxNorm / (norm + 1e−6)). */
export const clipCoefficient = (norm: number, maxNorm: number): number => Math.min(1, maxNorm / (norm + 1e-6));
