/** The documents that a search found. */
export interface Ranked {
  /** Rows of documents, best first (k). */
  rows: Int32Array;
  /** The score of each (k). */
  scores: Float32Array;
}

/**
 * The best rows of a list of scores, best first. Equal scores keep the order of `compareTies`, by default the lower
 * row first, so the result depends on nothing but the scores. NaN comes after every number.
 * @param scores (n)
 * @param topK at most this many rows.
 * @param compareTies negative where row a goes before row b.
 * @returns rows (min(n, topK))
 */
export function rankingFromScores(
  scores: Float32Array,
  topK: number,
  compareTies: (a: number, b: number) => number = (a, b) => a - b,
): Int32Array {
  const size = Math.min(scores.length, topK);
  const key = (row: number): number => {
    const score = scores[row]!;
    return Number.isNaN(score) ? -Infinity : score;
  };
  const isBefore = (a: number, b: number): boolean => {
    const x = key(a);
    const y = key(b);
    if (x !== y) return x > y;
    const aIsNumber = !Number.isNaN(scores[a]!);
    if (aIsNumber !== !Number.isNaN(scores[b]!)) return aIsNumber;
    return compareTies(a, b) < 0;
  };
  // Insertion into a sorted list of at most topK rows: most rows fall behind the last one and cost one comparison.
  const best = new Int32Array(size);
  let count = 0;
  for (let row = 0; row < scores.length && size > 0; row++) {
    if (count === size && !isBefore(row, best[size - 1]!)) continue;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(row, best[middle]!)) high = middle;
      else low = middle + 1;
    }
    best.copyWithin(low + 1, low, Math.min(count, size - 1));
    best[low] = row;
    count = Math.min(count + 1, size);
  }
  return best;
}
