import { InputError } from '../../lib/errors';
import { dot } from '../graph/vectors';

/** The effect of moving the documents that were not re-encoded. */
export interface Compensated {
  count: number;
  /** Mean of 1 − cosine(before, after). */
  mean_drift: number;
}

/**
 * Fits the map W (d, d), row by input, that best takes `stored` to `fresh − stored` (both n, d): the minimum of
 * ‖stored·W − (fresh − stored)‖² + ridge·‖W‖², by the normal equations and Cholesky, in f64.
 * @throws InputError where the sizes do not fit or `ridge` is not above 0
 */
export function fitDrift(stored: Float32Array, fresh: Float32Array, dimension: number, ridge: number): Float64Array {
  if (stored.length !== fresh.length || stored.length % dimension !== 0) {
    throw new InputError(
      `compensation: ${stored.length} stored and ${fresh.length} fresh values, expected equal whole rows`,
    );
  }
  if (!(ridge > 0)) throw new InputError(`compensation: ridge is ${ridge}, expected a number above 0`);
  const d = dimension;
  const gram = new Float64Array(d * d);
  const map = new Float64Array(d * d);
  for (let start = 0; start < stored.length; start += d) {
    for (let i = 0; i < d; i++) {
      const x = stored[start + i]!;
      for (let j = 0; j <= i; j++) gram[i * d + j] = gram[i * d + j]! + x * stored[start + j]!;
      for (let j = 0; j < d; j++) {
        map[i * d + j] = map[i * d + j]! + x * (fresh[start + j]! - stored[start + j]!);
      }
    }
  }
  for (let i = 0; i < d; i++) gram[i * d + i] = gram[i * d + i]! + ridge;
  choleskyInPlace(gram, d);
  solveInPlace(gram, map, d);
  return map;
}

/** Replaces the lower triangle of a symmetric positive definite (d, d) by L with L·Lᵀ = A. */
function choleskyInPlace(a: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j]!;
      for (let p = 0; p < j; p++) sum -= a[i * d + p]! * a[j * d + p]!;
      a[i * d + j] = i === j ? Math.sqrt(sum) : sum / a[j * d + j]!;
    }
  }
}

/** Replaces B (d, d) by the X of L·Lᵀ·X = B. */
function solveInPlace(l: Float64Array, b: Float64Array, d: number): void {
  const subtract = (target: number, source: number, factor: number): void => {
    for (let c = 0; c < d; c++) b[target * d + c] = b[target * d + c]! - factor * b[source * d + c]!;
  };
  const divide = (row: number): void => {
    for (let c = 0; c < d; c++) b[row * d + c] = b[row * d + c]! / l[row * d + row]!;
  };
  for (let i = 0; i < d; i++) {
    for (let p = 0; p < i; p++) subtract(i, p, l[i * d + p]!);
    divide(i);
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let p = i + 1; p < d; p++) subtract(i, p, l[p * d + i]!);
    divide(i);
  }
}

/**
 * Moves rows by the fitted map, in place: x ← normalise(x + x·W) for every row of `vectors` (N, d) whose place in
 * `skip` (N) is 0.
 * @param map W (d, d) from `fitDrift`
 */
export function applyDrift(vectors: Float32Array, dimension: number, map: Float64Array, skip: Uint8Array): Compensated {
  const d = dimension;
  const moved = new Float64Array(d);
  const before = new Float32Array(d);
  let count = 0;
  let drift = 0;
  for (let row = 0; row < skip.length; row++) {
    if (skip[row] === 1) continue;
    const start = row * d;
    for (let i = 0; i < d; i++) {
      before[i] = vectors[start + i]!;
      moved[i] = before[i]!;
    }
    for (let i = 0; i < d; i++) {
      const x = before[i]!;
      const first = i * d;
      for (let j = 0; j < d; j++) moved[j] = moved[j]! + x * map[first + j]!;
    }
    let squared = 0;
    for (let i = 0; i < d; i++) squared += moved[i]! * moved[i]!;
    // A map that sends a row to nothing says nothing about it.
    if (!(squared > 0)) continue;
    const scale = 1 / Math.sqrt(squared);
    for (let i = 0; i < d; i++) vectors[start + i] = moved[i]! * scale;
    count++;
    drift += Math.max(0, 1 - dot(vectors, start, before, 0, d));
  }
  return { count, mean_drift: count > 0 ? drift / count : 0 };
}
