import { Random } from '../src/lib/philox';
import { normaliseRows } from '../src/retrieval/graph/vectors';

/** Rows drawn uniformly on the sphere, (rows,d). */
export function isotropic(rows: number, dimension: number, seed: number): Float32Array {
  const random = new Random(seed, 'task');
  return normaliseRows(
    Float32Array.from({ length: rows * dimension }, () => random.normal()),
    dimension,
  );
}

/**
 * Rows from a mixture of Gaussians around centres uniform on the sphere: normalise(centre + spread · g / √d), so that
 * `spread` is the length of the noise beside a centre of length 1; two rows of one cluster have a cosine of about
 * 1 / (1 + spread²). `stream` tells documents (0) from queries (1) around the same centres.
 */
export function mixture(
  rows: number,
  dimension: number,
  clusters: number,
  spread: number,
  seed: number,
  stream: 0 | 1,
): Float32Array {
  const centres = isotropic(clusters, dimension, seed);
  const random = new Random(seed, 'split', stream);
  const vectors = new Float32Array(rows * dimension);
  const scale = spread / Math.sqrt(dimension);
  for (let row = 0; row < rows; row++) {
    const centre = random.integer(clusters) * dimension;
    for (let i = 0; i < dimension; i++) {
      vectors[row * dimension + i] = centres[centre + i]! + scale * random.normal();
    }
  }
  return normaliseRows(vectors, dimension);
}
