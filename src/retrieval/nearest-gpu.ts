import type { Gpu, Owned, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { nearestDocuments, nearestSizes, type NearestShape } from '../kernels/search/nearest';
import { COUNT, countWords, liveRows } from '../kernels/rows';
import type { Nearest } from './exact-gpu';

/**
 * The nearest of embeddings on the GPU to many queries at once, and nothing else of them: `ExactGpu` without its table of
 * cosines (Q, N), so that memory is a sixteenth of that and less. The same documents and bits as `ExactGpu.nearest`.
 */
export class NearestGpu {
  /** L2-normalised rows (Q, d). */
  readonly queries: Owned;
  private readonly counts: Owned;
  private readonly scratch: Readonly<Record<'best' | 'blocks' | 'maxima' | 'scores' | 'ids' | 'values', Owned>>;
  private readonly shape: NearestShape;
  private program: Program | null = null;

  /**
   * @param documents L2-normalised rows (N, d), which their owner fills.
   * @param shape N, d, the most queries of one search, and how many documents each lists, at most N.
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly documents: View,
    { size, dimension, queries, nearest: k }: { size: number; dimension: number; queries: number; nearest: number },
  ) {
    this.shape = { rows: liveRows(queries, COUNT.QUERIES), columns: size, dimension, k: Math.min(k, size) };
    const { best, blocks, scores } = nearestSizes(gpu, this.shape);
    const words = (label: string, count: number) => gpu.buffer(`nearest ${label}`, count * 4);
    this.queries = words('queries', queries * dimension);
    this.counts = gpu.upload('nearest counts', countWords({}));
    this.scratch = {
      best: words('maxima of blocks', best),
      blocks: words('blocks', blocks),
      maxima: words('maxima', blocks),
      scores: words('cosines', scores),
      ids: words('ids', queries * this.shape.k),
      values: words('values', queries * this.shape.k),
    };
  }

  /** Records the program, the first time. */
  async ready(): Promise<void> {
    if (this.program) return;
    const recorder = new Recorder(this.gpu, 'nearest documents');
    const { queries, documents, scratch } = this;
    nearestDocuments(recorder, { counts: this.counts }, this.shape, { queries, documents, ...scratch });
    this.program = await recorder.finish();
  }

  /** The nearest documents of the first `count` queries, as they stand in `queries` now; `ready` comes before. */
  async search(count: number): Promise<Nearest[]> {
    if (!this.program) throw new Error('nearest documents: asked before it is ready');
    const { gpu, scratch } = this;
    const { k } = this.shape;
    gpu.write(this.counts, countWords({ QUERIES: count }));
    this.program.run();
    const [ids, values] = await Promise.all([
      gpu.readIntegers(scratch.ids, count * k),
      gpu.readFloats(scratch.values, count * k),
    ]);
    return Array.from({ length: count }, (_, row) => ({
      documents: Array.from(ids.subarray(row * k, (row + 1) * k)),
      scores: Array.from(values.subarray(row * k, (row + 1) * k)),
    }));
  }

  destroy(): void {
    this.program?.destroy();
    this.gpu.free(this.queries, this.counts, ...Object.values(this.scratch));
  }
}
