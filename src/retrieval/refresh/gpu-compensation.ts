import type { Gpu, Owned } from '../../gpu/gpu';
import { Recorder, type Program } from '../../gpu/recorder';
import { l2NormalizeForward } from '../../kernels/l2-normalize/l2-normalize';
import { matmul } from '../../kernels/matmul/matmul';
import { countWords, fixedRows } from '../../kernels/rows';
import { dot } from '../graph/vectors';
import { fitDrift, type Compensated } from './compensation';
import type { Pairs } from './refresher';

/**
 * Moves a corpus by the fitted map, x ← normalise(x·(I + W)), in one submit. The fit itself stays in f64 on the CPU: it has
 * the few re-encoded rows alone, and its normal equations want the precision (docs/decisions/graph-index.md).
 */
export class GpuCompensation {
  private readonly counts: Owned;
  private readonly map: Owned;
  private readonly before: Owned;
  private readonly moved: Owned;
  private readonly after: Owned;
  private readonly norms: Owned;
  private program: Program | null = null;

  /** @param rows N, @param dimension d of the vectors. */
  constructor(
    private readonly gpu: Gpu,
    private readonly rows: number,
    private readonly dimension: number,
  ) {
    const bytes = rows * dimension * 4;
    this.counts = gpu.upload('compensation counts', countWords({}));
    this.map = gpu.buffer('drift map', dimension * dimension * 4);
    this.before = gpu.buffer('vectors before', bytes);
    this.moved = gpu.buffer('vectors moved', bytes);
    this.after = gpu.buffer('vectors after', bytes);
    this.norms = gpu.buffer('vector norms', rows * 4);
  }

  /** Moves, in place, every row of `vectors` (N, d) that was not re-encoded; see `Compensate`. */
  async run(vectors: Float32Array, { documents, stored, fresh }: Pairs, ridge: number): Promise<Compensated> {
    const { gpu, rows, dimension: d } = this;
    const map = Float32Array.from(fitDrift(stored, fresh, d, ridge), (w, i) => w + (i % (d + 1) === 0 ? 1 : 0));
    gpu.write(this.map, map);
    gpu.write(this.before, Float32Array.from(vectors));
    (await this.ready()).run();
    const after = await gpu.readFloats(this.after, rows * d);
    const isFresh = new Uint8Array(rows);
    for (const document of documents) isFresh[document] = 1;
    let count = 0;
    let drift = 0;
    for (let row = 0; row < rows; row++) {
      // A map that sends a row to nothing says nothing about it.
      if (isFresh[row] === 1 || !(dot(after, row * d, after, row * d, d) > 0.5)) continue;
      drift += Math.max(0, 1 - dot(vectors, row * d, after, row * d, d));
      vectors.set(after.subarray(row * d, (row + 1) * d), row * d);
      count++;
    }
    return { count, mean_drift: count > 0 ? drift / count : 0 };
  }

  /** Compiles and records the program of `run`, on the first call. */
  async ready(): Promise<Program> {
    this.program ??= await this.record();
    return this.program;
  }

  private record(): Promise<Program> {
    const { gpu, rows, dimension } = this;
    const recorder = new Recorder(gpu, 'compensate');
    const context = { counts: this.counts };
    const all = fixedRows(rows);
    matmul(recorder, context, {
      rows: all,
      inner: fixedRows(dimension),
      columns: dimension,
      a: { view: this.before, stride: dimension },
      b: { view: this.map, stride: dimension },
      c: this.moved,
      cStride: dimension,
    });
    l2NormalizeForward(recorder, context, {
      rows: all,
      channels: dimension,
      x: this.moved,
      y: this.after,
      norms: this.norms,
    });
    return recorder.finish();
  }

  destroy(): void {
    this.program?.destroy();
    this.gpu.free(this.counts, this.map, this.before, this.moved, this.after, this.norms);
  }
}
