import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';

/** The most rows that a fit reads, spread evenly over the corpus: more move the axes by less than a pixel. */
const SAMPLE = 4096;
/**
 * Number of directions that are iterated to find the leading two, so that a third of nearly their variance slows
 * nothing.
 */
const BLOCK = 8;
const MOST_ITERATIONS = 200;
const CONVERGED = 1e-12;

/** A map from embeddings (d) to the plane (2): x ↦ axes · x − origin. */
export interface Projection {
  /** (2, d), orthonormal rows. */
  axes: Float64Array;
  origin: readonly [x: number, y: number];
}

/**
 * Fits the projection to `vectors` (N, d): their two directions of largest variance (principal components), by
 * orthogonal iteration in f64. The largest entry of each direction is positive, so that the same vectors give the same
 * picture.
 * @throws InputError where they are no whole rows
 */
export function fitProjection(vectors: Float32Array, dimension: number): Projection {
  const rows = rowsOf(vectors, dimension);
  const d = dimension;
  const { mean, covariance } = moments(vectors, d, rows);
  const axes = leadingTwo(covariance, d);
  for (let axis = 0; axis < 2; axis++) pointUp(axes.subarray(axis * d, (axis + 1) * d));
  return { axes, origin: [along(axes, 0, mean, d), along(axes, 1, mean, d)] };
}

/** The places of `vectors` (N, d) in the plane, (N, 2). @throws InputError where the sizes do not fit */
export function project(
  vectors: Float32Array,
  dimension: number,
  { axes, origin }: Projection,
): Float32Array<ArrayBuffer> {
  const rows = rowsOf(vectors, dimension);
  if (axes.length !== 2 * dimension) {
    throw new InputError(`projection: made for dimension ${axes.length / 2}, expected ${dimension}`);
  }
  const positions = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const start = row * dimension;
    let x = -origin[0];
    let y = -origin[1];
    for (let i = 0; i < dimension; i++) {
      const value = vectors[start + i]!;
      x += axes[i]! * value;
      y += axes[dimension + i]! * value;
    }
    positions[2 * row] = x;
    positions[2 * row + 1] = y;
  }
  return positions;
}

/**
 * Turns, mirrors and shifts `projection`, without stretching it, so that its places of the corpus, `after` (N, 2), lie
 * as near as possible to `before` (N, 2): orthogonal Procrustes.
 * @throws InputError where the sizes differ
 */
export function alignProjection(projection: Projection, before: Float32Array, after: Float32Array): Projection {
  if (before.length !== after.length || before.length % 2 !== 0 || before.length === 0) {
    throw new InputError(`alignment: ${after.length} values for ${before.length}, expected equal whole pairs`);
  }
  const count = before.length / 2;
  const centre = (points: Float32Array): [number, number] => {
    let x = 0;
    let y = 0;
    for (let i = 0; i < points.length; i += 2) {
      x += points[i]!;
      y += points[i + 1]!;
    }
    return [x / count, y / count];
  };
  const [bx, by] = centre(before);
  const [ax, ay] = centre(after);
  // M = Σ (after − its mean)ᵀ (before − its mean), (2, 2)
  let xx = 0;
  let xy = 0;
  let yx = 0;
  let yy = 0;
  for (let i = 0; i < before.length; i += 2) {
    const [u, v] = [after[i]! - ax, after[i + 1]! - ay];
    const [p, q] = [before[i]! - bx, before[i + 1]! - by];
    xx += u * p;
    xy += u * q;
    yx += v * p;
    yy += v * q;
  }
  // Of the best turn and the best mirror image, the better: traces of R·M at their best angles.
  const turned = Math.hypot(xx + yy, xy - yx);
  const mirrored = Math.hypot(xx - yy, xy + yx);
  const isMirrored = mirrored > turned;
  const length = isMirrored ? mirrored : turned;
  const cos = length > 0 ? (isMirrored ? xx - yy : xx + yy) / length : 1;
  const sin = length > 0 ? (isMirrored ? xy + yx : xy - yx) / length : 0;
  // Applied to a column (u, v): a turn by the angle, after (u,−v) where mirrored.
  const flip = isMirrored ? -1 : 1;
  const [a, b, c, e] = [cos, -sin * flip, sin, cos * flip];
  const { axes: old, origin } = projection;
  const d = old.length / 2;
  const axes = new Float64Array(old.length);
  for (let i = 0; i < d; i++) {
    axes[i] = a * old[i]! + b * old[d + i]!;
    axes[d + i] = c * old[i]! + e * old[d + i]!;
  }
  // after − its mean is turned about its mean, then put on before's.
  const [ox, oy] = [origin[0] + ax, origin[1] + ay];
  return { axes, origin: [a * ox + b * oy - bx, c * ox + e * oy - by] };
}

function rowsOf(vectors: Float32Array, dimension: number): number {
  if (vectors.length === 0 || vectors.length % dimension !== 0) {
    throw new InputError(`projection: ${vectors.length} values, expected one or more whole rows of ${dimension}`);
  }
  return vectors.length / dimension;
}

const along = (axes: Float64Array, axis: number, point: Float64Array, d: number): number => {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += axes[axis * d + i]! * point[i]!;
  return sum;
};

/** Mean (d) and covariance (d, d) of a sample of the rows. */
function moments(vectors: Float32Array, d: number, rows: number): { mean: Float64Array; covariance: Float64Array } {
  const count = Math.min(rows, SAMPLE);
  const startOf = (at: number): number => Math.floor((at * rows) / count) * d;
  const mean = new Float64Array(d);
  for (let at = 0; at < count; at++) {
    const start = startOf(at);
    for (let i = 0; i < d; i++) mean[i] = mean[i]! + vectors[start + i]! / count;
  }
  const covariance = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let at = 0; at < count; at++) {
    const start = startOf(at);
    for (let i = 0; i < d; i++) centred[i] = vectors[start + i]! - mean[i]!;
    for (let i = 0; i < d; i++) {
      const x = centred[i]! / count;
      for (let j = 0; j <= i; j++) covariance[i * d + j] = covariance[i * d + j]! + x * centred[j]!;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j * d + i] = covariance[i * d + j]!;
  return { mean, covariance };
}

/** The two leading eigenvectors of a symmetric (d, d), as rows of (2, d); a row of zeros where d is 1. */
function leadingTwo(matrix: Float64Array, d: number): Float64Array {
  const block = Math.min(BLOCK, d);
  const random = new Random(0, 'graph');
  let rows = Float64Array.from({ length: block * d }, () => random.uniform() - 0.5);
  orthonormalise(rows, block, d);
  let spread = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    rows = timesSymmetric(rows, matrix, block, d);
    const lengths = orthonormalise(rows, block, d);
    const now = lengths[0]! + (lengths[1] ?? 0);
    if (Math.abs(now - spread) <= CONVERGED * now) break;
    spread = now;
  }
  // Rayleigh–Ritz: the best two directions within what the block spans.
  const image = timesSymmetric(rows, matrix, block, d);
  const small = new Float64Array(block * block);
  for (let i = 0; i < block; i++) {
    for (let j = 0; j < block; j++) {
      let sum = 0;
      for (let p = 0; p < d; p++) sum += rows[i * d + p]! * image[j * d + p]!;
      small[i * block + j] = sum;
    }
  }
  const { values, vectors } = jacobi(small, block);
  const order = Array.from(values.keys()).sort((i, j) => values[j]! - values[i]! || i - j);
  const axes = new Float64Array(2 * d);
  for (let axis = 0; axis < Math.min(2, block); axis++) {
    for (let i = 0; i < block; i++) {
      const weight = vectors[i * block + order[axis]!]!;
      for (let p = 0; p < d; p++) axes[axis * d + p] = axes[axis * d + p]! + weight * rows[i * d + p]!;
    }
  }
  return axes;
}

/** rows (n, d) · matrix (d, d) */
function timesSymmetric(rows: Float64Array, matrix: Float64Array, n: number, d: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n * d);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < d; i++) {
      const x = rows[row * d + i]!;
      for (let j = 0; j < d; j++) out[row * d + j] = out[row * d + j]! + x * matrix[i * d + j]!;
    }
  }
  return out;
}

/**
 * Makes rows orthonormal by Gram–Schmidt, twice over, in place; a row in the span of the others becomes a unit vector
 * outside it.
 * @returns lengths
 */
function orthonormalise(rows: Float64Array, n: number, d: number): Float64Array {
  const lengths = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const start = row * d;
    const before = norm(rows, start, d);
    removeSpan(rows, row, d);
    removeSpan(rows, row, d);
    let length = norm(rows, start, d);
    lengths[row] = length;
    for (let unit = 0; !(length > 1e-10 * before) || length === 0; unit++) {
      rows.fill(0, start, start + d);
      rows[start + unit] = 1;
      removeSpan(rows, row, d);
      removeSpan(rows, row, d);
      length = norm(rows, start, d);
      // Of d unit vectors one at least keeps 1/√d of its length.
      if (length * length * d >= 0.5) break;
    }
    for (let i = 0; i < d; i++) rows[start + i] = rows[start + i]! / length;
  }
  return lengths;
}

function removeSpan(rows: Float64Array, row: number, d: number): void {
  const start = row * d;
  for (let other = 0; other < row; other++) {
    let shared = 0;
    for (let i = 0; i < d; i++) shared += rows[start + i]! * rows[other * d + i]!;
    for (let i = 0; i < d; i++) rows[start + i] = rows[start + i]! - shared * rows[other * d + i]!;
  }
}

function norm(values: Float64Array, start: number, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += values[start + i]! * values[start + i]!;
  return Math.sqrt(sum);
}

/** Eigenvalues (n) and eigenvectors (n,n; columns) of a symmetric (n, n), by cyclic Jacobi rotations. */
function jacobi(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const rotate = (of: Float64Array, i: number, j: number, cos: number, sin: number): void => {
    const [x, y] = [of[i]!, of[j]!];
    of[i] = cos * x - sin * y;
    of[j] = sin * x + cos * y;
  };
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q]!;
        if (off === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * off);
        const tan = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cos = 1 / Math.sqrt(tan * tan + 1);
        const sin = tan * cos;
        for (let i = 0; i < n; i++) rotate(a, i * n + p, i * n + q, cos, sin);
        for (let i = 0; i < n; i++) rotate(a, p * n + i, q * n + i, cos, sin);
        for (let i = 0; i < n; i++) rotate(vectors, i * n + p, i * n + q, cos, sin);
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

function pointUp(axis: Float64Array): void {
  let largest = 0;
  for (let i = 1; i < axis.length; i++) if (Math.abs(axis[i]!) > Math.abs(axis[largest]!)) largest = i;
  if (axis[largest]! < 0) for (let i = 0; i < axis.length; i++) axis[i] = -axis[i]!;
}
