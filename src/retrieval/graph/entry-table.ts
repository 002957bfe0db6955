/** Rows of the table that are worked on at once, each with two queries: as many sums as registers hold. */
const LANES = 4;
/** Partial sums of a dot product, as `dot` has them. */
const SUMS = 4;

/**
 * The entries of a graph as a table of their own, for a build: every row that is inserted is compared with all of them
 * first, two rows at a time, so that each number of the table is read once for both and none is converted again.
 */
export class EntryTable {
  /** Cosines of the rows that `compare` was last asked for, (2, E). */
  readonly cosines: readonly [Float64Array, Float64Array];
  /** (E, d) in f64, padded to whole `LANES` of rows; a row's numbers stand in the order in which its sums take them. */
  private readonly rows: Float64Array;
  private readonly queries: Float64Array;
  private readonly sums = new Float64Array(SUMS * 2 * LANES);

  /** @param entries (E) ids of rows of `vectors` (N, d) */
  constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    entries: Int32Array,
  ) {
    const padded = Math.ceil(entries.length / LANES) * LANES;
    this.rows = new Float64Array(padded * dimension);
    this.queries = new Float64Array(2 * dimension);
    this.cosines = [new Float64Array(padded), new Float64Array(padded)];
    entries.forEach((entry, i) => this.copy(entry, this.rows, i * dimension));
  }

  /** Computes the cosines of two rows of `vectors` with all entries: the bits of `dot`. */
  compare(first: number, second: number): void {
    const { dimension, rows, queries, cosines, sums } = this;
    this.copy(first, queries, 0);
    this.copy(second, queries, dimension);
    for (let at = 0; at * dimension < rows.length; at += LANES) {
      sumBlock(rows, at * dimension, queries, dimension, sums);
      for (let query = 0; query < 2; query++) {
        for (let lane = 0; lane < LANES; lane++) {
          const i = query * LANES + lane;
          cosines[query]![at + lane] = sums[i]! + sums[i + 8]! + (sums[i + 16]! + sums[i + 24]!);
        }
      }
    }
  }

  /** A row in f64: first the numbers of `dot`'s first sum, its remainder with them, then those of the others. */
  private copy(row: number, into: Float64Array, at: number): void {
    const { vectors, dimension } = this;
    const start = row * dimension;
    const unrolled = dimension - (dimension % SUMS);
    let end = at;
    for (let sum = 0; sum < SUMS; sum++) {
      for (let i = sum; i < unrolled; i += SUMS) into[end++] = vectors[start + i]!;
      if (sum === 0) for (let i = unrolled; i < dimension; i++) into[end++] = vectors[start + i]!;
    }
  }
}

/**
 * The four sums of `dot` for `LANES` rows and two queries, into `sums` (4, 2, LANES). Sum after sum, so that all that are made
 * at once stay in registers.
 */
function sumBlock(
  rows: Float64Array,
  start: number,
  queries: Float64Array,
  dimension: number,
  sums: Float64Array,
): void {
  let end = 0;
  for (let at = 0; at < sums.length; at += 2 * LANES) {
    let i = end;
    end += Math.floor(dimension / SUMS) + (at === 0 ? dimension % SUMS : 0);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    for (; i < end; i++) {
      const x = queries[i]!;
      const y = queries[dimension + i]!;
      const a = rows[start + i]!;
      const b = rows[start + dimension + i]!;
      const c = rows[start + 2 * dimension + i]!;
      const d = rows[start + 3 * dimension + i]!;
      s0 += a * x;
      t0 += a * y;
      s1 += b * x;
      t1 += b * y;
      s2 += c * x;
      t2 += c * y;
      s3 += d * x;
      t3 += d * y;
    }
    sums[at] = s0;
    sums[at + 1] = s1;
    sums[at + 2] = s2;
    sums[at + 3] = s3;
    sums[at + 4] = t0;
    sums[at + 5] = t1;
    sums[at + 6] = t2;
    sums[at + 7] = t3;
  }
}
