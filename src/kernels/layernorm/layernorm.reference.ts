import { checkLength, type Vector } from '../reference/arrays';

/** z (N, C), weight and bias (C) → (z − mean(z)) / √(var(z) + eps) · weight + bias, mean and variance of each row. */
export function layernormForward(z: Vector, weight: Vector, bias: Vector, eps: number): Float64Array {
  const width = weight.length;
  const rows = z.length / width;
  checkLength('z', z, Math.floor(rows) * width);
  checkLength('bias', bias, width);
  const y = new Float64Array(z.length);
  for (let i = 0; i < rows; i++) {
    const row = Array.from({ length: width }, (_, c) => z[i * width + c]!);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    const r = 1 / Math.sqrt(variance + eps);
    row.forEach((value, c) => (y[i * width + c] = (value - mean) * r * weight[c]! + bias[c]!));
  }
  return y;
}
