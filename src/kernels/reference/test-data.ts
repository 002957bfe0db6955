import { Random } from '../../lib/philox';

/** Standard normal draws times `scale` (length), the same for the same seed. */
export function normals(length: number, seed: number, scale = 1): Float64Array {
  const random = new Random(seed, 'init');
  return Float64Array.from({ length }, () => random.normal() * scale);
}

/** Whole numbers in [0, limit) (length). */
export function integers(length: number, limit: number, seed: number): Int32Array {
  const random = new Random(seed, 'init', 1);
  return Int32Array.from({ length }, () => random.integer(limit));
}

/** Draws in [0, 1) (length). */
export function uniforms(length: number, seed: number): Float64Array {
  const random = new Random(seed, 'init', 2);
  return Float64Array.from({ length }, () => random.uniform());
}

/** Sequences of these lengths, packed: for each row the first row of its sequence, and its position in it, both (N). */
export function packedRows(lengths: readonly number[]): { seqStart: Int32Array; positions: Int32Array } {
  const seqStart: number[] = [];
  const positions: number[] = [];
  for (const length of lengths) {
    const start = seqStart.length;
    for (let t = 0; t < length; t++) {
      seqStart.push(start);
      positions.push(t);
    }
  }
  return { seqStart: Int32Array.from(seqStart), positions: Int32Array.from(positions) };
}
