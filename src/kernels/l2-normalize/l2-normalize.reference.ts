import { checkLength, dot, type Vector } from '../reference/arrays';

/** The least divisor, as in PyTorch's `normalize`: a row with a smaller norm is divided by this instead. */
export const L2_EPS = 1e-12;

/** x (B, C) → y (B, C) = x / max(‖x‖, 1e−12), norm (B) = ‖x‖. */
export function l2NormalizeForward(x: Vector, width: number): { y: Float64Array; norm: Float64Array } {
  const rows = x.length / width;
  const y = new Float64Array(x.length);
  const norm = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    norm[i] = Math.sqrt(dot(x, i * width, x, i * width, width));
    for (let c = 0; c < width; c++) y[i * width + c] = x[i * width + c]! / Math.max(norm[i]!, L2_EPS);
  }
  return { y, norm };
}

/**
 * dy (B, C), y (B, C), norm (B) → dx (B, C) = (dy − y · (y · dy)) / norm. A row shorter than 1e−12 has no direction to
 * learn: its gradient is zero (PyTorch would return dy · 1e12).
 */
export function l2NormalizeBackward(dy: Vector, y: Vector, norm: Vector, width: number): Float64Array {
  checkLength('dy', dy, norm.length * width);
  checkLength('y', y, norm.length * width);
  const dx = new Float64Array(dy.length);
  for (let i = 0; i < norm.length; i++) {
    if (norm[i]! < L2_EPS) continue;
    const along = dot(y, i * width, dy, i * width, width);
    for (let c = 0; c < width; c++) {
      dx[i * width + c] = (dy[i * width + c]! - y[i * width + c]! * along) / norm[i]!;
    }
  }
  return dx;
}
