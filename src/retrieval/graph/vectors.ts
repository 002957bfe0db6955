import { InputError } from '../../lib/errors';

/**
 * Dot product of two rows, `a[aStart …]` and `b[bStart …]`, (d) each, in f64 with four partial sums in a fixed order: the
 * same bits on every machine. On L2-normalised rows it is the cosine.
 */
export function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, dimension: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const unrolled = dimension & ~3;
  let i = 0;
  for (; i < unrolled; i += 4) {
    const p = aStart + i;
    const q = bStart + i;
    s0 += a[p]! * b[q]!;
    s1 += a[p + 1]! * b[q + 1]!;
    s2 += a[p + 2]! * b[q + 2]!;
    s3 += a[p + 3]! * b[q + 3]!;
  }
  for (; i < dimension; i++) s0 += a[aStart + i]! * b[bStart + i]!;
  return s0 + s1 + (s2 + s3);
}

/**
 * Dot products of two rows of `a` with one of `b`, into `out` (2): the same bits as `dot` of each. What they share is read once,
 * so both take little longer than one and a half.
 */
export function dotPair(
  a: Float32Array,
  firstStart: number,
  secondStart: number,
  b: Float32Array,
  bStart: number,
  dimension: number,
  out: Float64Array,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  const unrolled = dimension & ~3;
  let i = 0;
  for (; i < unrolled; i += 4) {
    const p = firstStart + i;
    const r = secondStart + i;
    const q = bStart + i;
    const x0 = b[q]!;
    const x1 = b[q + 1]!;
    const x2 = b[q + 2]!;
    const x3 = b[q + 3]!;
    s0 += a[p]! * x0;
    t0 += a[r]! * x0;
    s1 += a[p + 1]! * x1;
    t1 += a[r + 1]! * x1;
    s2 += a[p + 2]! * x2;
    t2 += a[r + 2]! * x2;
    s3 += a[p + 3]! * x3;
    t3 += a[r + 3]! * x3;
  }
  for (; i < dimension; i++) {
    s0 += a[firstStart + i]! * b[bStart + i]!;
    t0 += a[secondStart + i]! * b[bStart + i]!;
  }
  out[0] = s0 + s1 + (s2 + s3);
  out[1] = t0 + t1 + (t2 + t3);
}

/** Scales every row of `vectors` (N, d) to length 1, in place. A row of zeros stays as it is. */
export function normaliseRows(vectors: Float32Array, dimension: number): Float32Array {
  for (let start = 0; start < vectors.length; start += dimension) {
    const norm = Math.sqrt(dot(vectors, start, vectors, start, dimension));
    if (norm > 0) for (let i = start; i < start + dimension; i++) vectors[i] = vectors[i]! / norm;
  }
  return vectors;
}

/** The most by which a row's squared length may differ from 1: wide enough for f16 encoders. */
const NORM_TOLERANCE = 5e-3;

/**
 * The number of rows of `vectors` (N, d), at least one.
 * @throws InputError where the length does not fit, or a row is not finite and L2-normalised. `what` names the vectors.
 */
export function checkRows(vectors: Float32Array, dimension: number, what: string): number {
  if (!Number.isInteger(dimension) || dimension < 1) {
    throw new InputError(`${what}: dimension is ${dimension}, expected a whole number of at least 1`);
  }
  if (vectors.length === 0 || vectors.length % dimension !== 0) {
    throw new InputError(
      `${what}: ${vectors.length} values, expected one or more whole rows of dimension ${dimension}`,
    );
  }
  const rows = vectors.length / dimension;
  for (let row = 0; row < rows; row++) {
    const squared = dot(vectors, row * dimension, vectors, row * dimension, dimension);
    if (!(Math.abs(squared - 1) <= NORM_TOLERANCE)) {
      throw new InputError(`${what}: row ${row} has squared length ${squared}, expected L2-normalised rows`);
    }
  }
  return rows;
}
