import { Random } from '../../lib/philox';
import { dot } from './vectors';

/** Number of sampled rows per entry chosen. */
const SAMPLE = 8;

/**
 * Rows that every search compares its query with before it walks, spread over the corpus: farthest-point choice (Gonzalez
 * 1985) on a random sample, so that each cluster tends to have one and outliers do not take them all. The first is the
 * sampled row nearest to the mean. Deterministic in `seed`.
 * @param count how many, at most N
 */
export function chooseEntries(vectors: Float32Array, dimension: number, count: number, seed: number): Int32Array {
  const size = vectors.length / dimension;
  const sample = sampleRows(size, Math.min(size, count * SAMPLE), seed);
  const closest = new Float64Array(sample.length).fill(-Infinity);
  const chosen = new Int32Array(count);
  let next = nearestToMean(vectors, dimension, sample);
  for (let i = 0; i < count; i++) {
    const entry = sample[next]!;
    chosen[i] = entry;
    closest[next] = Infinity;
    let farthest = -1;
    for (let j = 0; j < sample.length; j++) {
      if (closest[j] === Infinity) continue;
      const score = dot(vectors, entry * dimension, vectors, sample[j]! * dimension, dimension);
      if (score > closest[j]!) closest[j] = score;
      if (farthest < 0 || closest[j]! < closest[farthest]!) farthest = j;
    }
    next = farthest;
  }
  return chosen;
}

/** `count` different rows of `size`, ascending. */
function sampleRows(size: number, count: number, seed: number): Int32Array {
  const rows = Int32Array.from({ length: size }, (_, i) => i);
  const random = new Random(seed, 'graph', 1);
  // The head of a Fisher-Yates shuffle.
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(size - i);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows.slice(0, count).sort();
}

/** Position in `sample` of the row nearest to the mean of the sampled rows. */
function nearestToMean(vectors: Float32Array, dimension: number, sample: Int32Array): number {
  const sum = new Float64Array(dimension);
  for (const row of sample) for (let i = 0; i < dimension; i++) sum[i] = sum[i]! + vectors[row * dimension + i]!;
  const mean = Float32Array.from(sum, (x) => x / sample.length);
  let best = 0;
  let bestScore = -Infinity;
  for (let j = 0; j < sample.length; j++) {
    const score = dot(vectors, sample[j]! * dimension, mean, 0, dimension);
    if (score > bestScore) [best, bestScore] = [j, score];
  }
  return best;
}
