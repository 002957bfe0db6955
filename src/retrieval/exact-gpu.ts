import type { Gpu, Owned, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { matmul } from '../kernels/matmul/matmul';
import { COUNT, countWords, fixedRows, liveRows } from '../kernels/rows';
import { rankOf, topK } from '../kernels/search/search';

/** The row number that stands for no document; its rank is 0. */
const NONE = 0xffffffff;

export interface ExactShape {
  /** Documents, N. */
  size: number;
  /** Length of an embedding, d. */
  dimension: number;
  /** The most queries of one submit, Q. */
  queries: number;
  /** Number of documents that `nearest` lists, at most N; 0 where it is not used. */
  nearest?: number;
}

/** Documents nearest to a query, best first; equal cosines in the order of their rows. */
export interface Nearest {
  documents: number[];
  /** Cosines. */
  scores: number[];
}

/**
 * Exact search over embeddings on the GPU: computes the cosines of up to Q queries with all documents, and returns the
 * cosines themselves, ranks or the nearest documents. The owner of `documents` fills it and the caller fills `queries`;
 * call `ready`, then `score`, before the rest. Results stay valid while the next queries are scored.
 */
export class ExactGpu {
  /** L2-normalised rows (Q, d). */
  readonly queries: Owned;
  private readonly scores: Owned;
  private readonly counts: Owned;
  private readonly wanted: Owned;
  private readonly ranks: Owned;
  private readonly ids: Owned;
  private readonly values: Owned;
  private readonly listed: number;
  private programs: { score: Program; rank: Program; nearest: Program | null } | null = null;

  /** @param documents L2-normalised rows (N, d). */
  constructor(
    private readonly gpu: Gpu,
    private readonly documents: View,
    private readonly shape: ExactShape,
  ) {
    const { size, dimension, queries, nearest = 0 } = shape;
    this.listed = Math.min(nearest, size);
    const words = (label: string, count: number) => gpu.buffer(`exact search ${label}`, Math.max(1, count) * 4);
    this.queries = words('queries', queries * dimension);
    this.scores = words('cosines', queries * size);
    this.wanted = words('wanted', queries);
    this.ranks = words('ranks', queries);
    this.ids = words('nearest', queries * this.listed);
    this.values = words('nearest cosines', queries * this.listed);
    this.counts = gpu.upload('exact search counts', countWords({}));
  }

  /** Compiles and records the programs, on the first call. */
  async ready(): Promise<void> {
    this.programs ??= await this.record();
  }

  /** Queues the cosines of the first `count` queries with every document. */
  score(count: number): void {
    this.gpu.write(this.counts, countWords({ QUERIES: count }));
    this.recorded.score.run();
  }

  /** The cosines (count, N) that were scored last. */
  cosines(count: number): Promise<Float32Array<ArrayBuffer>> {
    return this.gpu.readFloats(this.scores, count * this.shape.size);
  }

  /**
   * Ranks, from 1, of given documents for the queries scored last; equal cosines in the order of their rows.
   * @param documents any number per query.
   * @returns ranks in the same order.
   */
  async ranksOf(documents: readonly (readonly number[])[]): Promise<number[][]> {
    const { gpu, recorded } = this;
    const most = Math.max(1, ...documents.map(({ length }) => length));
    // All is queued before anything is waited for.
    const reads = Array.from({ length: most }, (_, nth) => {
      gpu.write(
        this.wanted,
        Uint32Array.from(documents, (of) => of[nth] ?? NONE),
      );
      recorded.rank.run();
      return gpu.readIntegers(this.ranks, documents.length);
    });
    const found = await Promise.all(reads);
    return documents.map((of, query) => of.map((_, nth) => found[nth]![query]!));
  }

  /** The nearest documents of the first `count` queries scored last. */
  async nearest(count: number): Promise<Nearest[]> {
    const { gpu, listed: k } = this;
    this.recorded.nearest?.run();
    const [ids, values] = await Promise.all([
      gpu.readIntegers(this.ids, count * k),
      gpu.readFloats(this.values, count * k),
    ]);
    return Array.from({ length: count }, (_, row) => ({
      documents: Array.from(ids.subarray(row * k, (row + 1) * k)),
      scores: Array.from(values.subarray(row * k, (row + 1) * k)),
    }));
  }

  private get recorded(): NonNullable<typeof this.programs> {
    if (!this.programs) throw new Error('exact search: asked before it is ready');
    return this.programs;
  }

  private async record(): Promise<NonNullable<typeof this.programs>> {
    const { gpu, counts, scores } = this;
    const { size, dimension, queries } = this.shape;
    const rows = liveRows(queries, COUNT.QUERIES);
    const score = new Recorder(gpu, 'exact search');
    matmul(score, { counts }, {
      rows,
      inner: fixedRows(dimension),
      columns: size,
      a: { view: this.queries, stride: dimension },
      b: { view: this.documents, stride: dimension, transposed: true },
      c: scores,
      cStride: size,
    }); // prettier-ignore
    const table = { rows, columns: size, pitch: size, scores };
    const rank = new Recorder(gpu, 'exact ranks');
    rankOf(rank, { counts }, { ...table, wanted: this.wanted, ranks: this.ranks });
    const programs = { score: await score.finish(), rank: await rank.finish(), nearest: null };
    if (this.listed === 0) return programs;
    const nearest = new Recorder(gpu, 'nearest documents');
    topK(nearest, { counts }, { ...table, k: this.listed, ids: this.ids, values: this.values });
    return { ...programs, nearest: await nearest.finish() };
  }

  destroy(): void {
    const { score, rank, nearest } = this.programs ?? {};
    for (const program of [score, rank, nearest]) program?.destroy();
    const { queries, scores, wanted, ranks, ids, values, counts } = this;
    this.gpu.free(queries, scores, wanted, ranks, ids, values, counts);
  }
}
