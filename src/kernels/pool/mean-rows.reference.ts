import type { Vector } from '../reference/arrays';

/** x (N, C) → (S, C), the mean of rows starts[s] … ends[s] − 1. */
export function meanRows(x: Vector, starts: Vector, ends: Vector, width: number): Float64Array {
  const y = new Float64Array(starts.length * width);
  for (let s = 0; s < starts.length; s++) {
    const count = ends[s]! - starts[s]!;
    for (let row = starts[s]!; row < ends[s]!; row++) {
      for (let c = 0; c < width; c++) y[s * width + c]! += x[row * width + c]! / count;
    }
  }
  return y;
}
