import { checkLength, dot, type Vector } from '../reference/arrays';

/** x (N, C), weight (C) → y (N, C) = x · rstd · weight, and rstd (N) = 1 / √(mean(x²) + eps), kept for the backward. */
export function rmsnormForward(x: Vector, weight: Vector, eps: number): { y: Float64Array; rstd: Float64Array } {
  const width = weight.length;
  const rows = x.length / width;
  checkLength('x', x, Math.floor(rows) * width);
  const y = new Float64Array(x.length);
  const rstd = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const r = 1 / Math.sqrt(dot(x, i * width, x, i * width, width) / width + eps);
    rstd[i] = r;
    for (let c = 0; c < width; c++) y[i * width + c] = x[i * width + c]! * r * weight[c]!;
  }
  return { y, rstd };
}

/**
 * dy (N, C), x (N, C), weight (C), rstd (N) → dx (N, C), dweight (C). With g = dy · weight, per row:
 * dx = rstd · (g − x · rstd² · mean(g · x)).
 */
export function rmsnormBackward(
  dy: Vector,
  x: Vector,
  weight: Vector,
  rstd: Vector,
): { dx: Float64Array; dweight: Float64Array } {
  const width = weight.length;
  checkLength('dy', dy, rstd.length * width);
  checkLength('x', x, rstd.length * width);
  const dx = new Float64Array(x.length);
  const dweight = new Float64Array(width);
  for (let i = 0; i < rstd.length; i++) {
    const r = rstd[i]!;
    const row = i * width;
    let mean = 0;
    for (let c = 0; c < width; c++) mean += (dy[row + c]! * weight[c]! * x[row + c]!) / width;
    for (let c = 0; c < width; c++) {
      dx[row + c] = r * (dy[row + c]! * weight[c]! - x[row + c]! * r * r * mean);
      dweight[c]! += dy[row + c]! * x[row + c]! * r;
    }
  }
  return { dx, dweight };
}
