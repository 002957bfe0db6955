import type { Gpu, Owned } from '../gpu/gpu';
import { ExactGpu } from './exact-gpu';
import { Beam } from './graph/beam';
import { checkRows, dot } from './graph/vectors';
import { bestPassages } from './passages';
import { checkSearch, rowsOf, type BatchIndex, type SearchResult } from './search-index';
import { rankingFromScores, type Ranked } from './top-k';

/** The most documents that one matrix product takes, and the most queries. */
const DOCUMENTS = 4096;
const QUERIES = 256;
/** The most scores that are held on the CPU at once. */
const SCORES = 32 * 2 ** 20;

/** Allocates the GPU buffers for a search of `queries` queries over `size` documents. */
export function searchBuffers(
  gpu: Gpu,
  { size, dimension, queries }: { size: number; dimension: number; queries: number },
): { documents: Owned; exact: ExactGpu; columns: number; block: number } {
  const columns = Math.min(DOCUMENTS, size);
  const block = Math.min(queries, QUERIES, Math.max(1, Math.floor(SCORES / size)));
  const documents = gpu.buffer('search documents', columns * dimension * 4);
  return {
    documents,
    exact: new ExactGpu(gpu, documents, { size: columns, dimension, queries: block }),
    columns,
    block,
  };
}

/** Exact search on the GPU over embeddings that lie on the CPU, any number of them: a block at a time. */
export class ExactGpuIndex implements BatchIndex {
  readonly size: number;

  /** @param vectors L2-normalised rows (N, d), kept by reference. */
  constructor(
    private readonly gpu: Gpu,
    private readonly vectors: Float32Array,
    readonly dimension: number,
  ) {
    this.size = vectors.length / dimension;
  }

  /**
   * The same bits as `ExactIndex`: the GPU's f32 cosines say which rows can be among the k best, and those alone are
   * compared in f64.
   * @throws InputError as `ExactIndex` does.
   */
  async searchAll(queries: Float32Array, k: number): Promise<SearchResult[]> {
    const { vectors, dimension, size } = this;
    checkRows(vectors, dimension, 'exact index');
    const rows = rowsOf(queries, dimension);
    for (const query of rows) checkSearch(this, query, k);
    // Twice the bound on a dot product's rounding, d · 2⁻²⁴ · |a| · |b|: rows may be a little longer than 1.
    const error = dimension * 2 ** -23;
    const beam = new Beam(k);
    const found: SearchResult[] = [];
    for await (const scores of this.cosines(queries)) {
      const query = rows[found.length]!;
      const last = scores[rankingFromScores(scores, k).at(-1)!]!;
      beam.reset(k);
      scores.forEach((score, id) => {
        if (score >= last - 2 * error) beam.insert(id, dot(vectors, id * dimension, query, 0, dimension));
      });
      const ids = beam.ids.slice(0, k);
      found.push({ ids, scores: Float32Array.from(beam.scores.subarray(0, k)), distances: size, hops: 0 });
    }
    return found;
  }

  /**
   * Ranks documents for every query by their cosines in f32; a document's score is that of its best passage.
   * @param o.compareTies negative where document a goes before document b of the same score.
   * @param o.owners the document that each row is a passage of, ascending from 0; absent where every row is a document.
   */
  async rank(
    queries: Float32Array,
    topK: number,
    o: { compareTies: (a: number, b: number) => number; owners?: Int32Array },
  ): Promise<Ranked[]> {
    const found: Ranked[] = [];
    for await (const cosines of this.cosines(queries)) {
      const scores = o.owners ? bestPassages(cosines, o.owners) : cosines;
      const rows = rankingFromScores(scores, topK, o.compareTies);
      found.push({ rows, scores: Float32Array.from(rows, (document) => scores[document]!) });
    }
    return found;
  }

  /** The cosines (N) of each query with every row, query after query; valid until the next one is read. */
  private async *cosines(queries: Float32Array): AsyncGenerator<Float32Array> {
    const { gpu, vectors, dimension, size } = this;
    const total = queries.length / dimension;
    if (total === 0) return;
    const { documents, exact, columns, block } = searchBuffers(gpu, { size, dimension, queries: total });
    try {
      await exact.ready();
      for (let from = 0; from < total; from += block) {
        const rows = Math.min(block, total - from);
        gpu.write(exact.queries, queries.subarray(from * dimension, (from + rows) * dimension));
        const all = new Float32Array(rows * size);
        for (let first = 0; first < size; first += columns) {
          const last = Math.min(size, first + columns);
          gpu.write(documents, vectors.subarray(first * dimension, last * dimension));
          exact.score(rows);
          const scores = await exact.cosines(rows);
          for (let row = 0; row < rows; row++) {
            all.set(scores.subarray(row * columns, row * columns + last - first), row * size + first);
          }
        }
        yield* rowsOf(all, size);
      }
    } finally {
      exact.destroy();
      gpu.free(documents);
    }
  }
}
