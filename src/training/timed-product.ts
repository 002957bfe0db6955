import type { Compute } from '../config/compute';
import type { Gpu } from '../gpu/gpu';
import { Recorder } from '../gpu/recorder';
import { linearSwiglu } from '../kernels/linear/linear-swiglu';
import { matmul, type Matrix } from '../kernels/matmul/matmul';
import type { PAIRED_TILES, TileName } from '../kernels/matmul/tiles';
import { countWords, fixedRows } from '../kernels/rows';
import { summedWords, sumParts } from '../kernels/sums/sum-parts';

/** How something is timed: the least time in ms that a round takes, and the number of rounds. */
export interface Timing {
  leastMs: number;
  rounds: number;
}

/** The most runs of a round. */
const MOST_TIMES = 1000;

/**
 * Times what a GPU runs: rounds of as many runs of each as take `leastMs`, in turn, so that a clock that speeds up
 * meanwhile favours none.
 * @returns median time of one of each run in milliseconds.
 */
export async function medianTimes(
  gpu: Gpu,
  { leastMs, rounds }: Timing,
  runs: readonly ((times: number) => void | Promise<void>)[],
): Promise<number[]> {
  const once = async (run: (typeof runs)[number], count: number): Promise<number> => {
    const start = performance.now();
    await run(count);
    await gpu.idle();
    return performance.now() - start;
  };
  for (const run of runs) await once(run, 1);
  // The first one alone says how many runs a round has: what a round costs beside them is then the same for all.
  let times = 1;
  let round = await once(runs[0]!, times);
  while (round < leastMs && times < MOST_TIMES) {
    times = Math.min(MOST_TIMES, Math.max(2 * times, Math.ceil((times * leastMs) / Math.max(0.01, round))));
    round = await once(runs[0]!, times);
  }
  const taken = runs.map((): number[] => []);
  for (let i = 0; i < rounds; i++) {
    for (const [at, run] of runs.entries()) taken[at]!.push((await once(run, times)) / times);
  }
  return taken.map((all) => all.sort((a, b) => a - b)[rounds >> 1]!);
}

/** A product (rows, inner) · (inner, columns) and the sides that lie turned: a weight of a forward pass is the right one. */
export interface TimedProduct {
  rows: number;
  inner: number;
  columns: number;
  turned?: 'left' | 'right';
  /** The most parts that its sums are cut into. */
  parts?: number;
  /** f16 needs a device with `shader-f16`. */
  compute?: Compute | undefined;
}

/** Something recorded with the buffers that it works on. */
export interface RecordedProduct {
  run: (times: number) => void;
  destroy: () => void;
}

/** Records one matrix product over zeros. @param tile of it; the product's own choice where absent. */
export async function recordProduct(
  gpu: Gpu,
  { rows, inner, columns, turned, parts = 1, compute }: TimedProduct,
  tile?: TileName,
): Promise<RecordedProduct> {
  const floats = (count: number) => gpu.buffer('benchmark', count * 4);
  const length = rows * columns;
  const [a, b, c] = [floats(rows * inner), floats(inner * columns), floats(parts * length)];
  const counts = gpu.upload('benchmark', countWords({}));
  const recorder = new Recorder(gpu, 'product');
  const side = (view: Matrix['view'], plain: number, across: number, isTurned: boolean): Matrix =>
    isTurned ? { view, stride: across, transposed: true } : { view, stride: plain };
  const o = { rows: fixedRows(rows), inner: fixedRows(inner), columns, c, cStride: columns, compute };
  const sides = { a: side(a, inner, rows, turned === 'left'), b: side(b, columns, inner, turned === 'right') };
  matmul(recorder, { counts }, { ...o, ...sides, parts }, tile);
  const tensors = [{ into: 0, first: 0, length, stride: length, parts, cut: true }];
  const [words, out] = [gpu.upload('benchmark', summedWords(tensors)), floats(length)];
  if (parts > 1) {
    const t = { rows: o.inner, tensors, words, pieces: c, out, accumulate: false };
    sumParts(recorder, { counts }, t);
  }
  const program = await recorder.finish();
  return {
    run: (times) => program.run(times),
    destroy: () => {
      program.destroy();
      gpu.free(a, b, c, counts, words, out);
    },
  };
}

/** Records two projections and their SwiGLU over zeros. @param columns of both together. */
export async function recordSwiglu(
  gpu: Gpu,
  { rows, inner, columns, compute }: TimedProduct,
  tile: keyof typeof PAIRED_TILES,
): Promise<RecordedProduct> {
  const features = columns / 2;
  const floats = (count: number) => gpu.buffer('benchmark', count * 4);
  const views = {
    x: floats(rows * inner),
    weight: floats(inner * columns),
    gateUp: floats(rows * columns),
    out: floats(rows * features),
  };
  const counts = gpu.upload('benchmark', countWords({}));
  const recorder = new Recorder(gpu, 'swiglu');
  const shape = { rows: fixedRows(rows), inputs: inner, features, compute };
  linearSwiglu(recorder, { counts }, shape, { ...views, dtype: 'f32', scratch: null }, tile);
  const program = await recorder.finish();
  return {
    run: (times) => program.run(times),
    destroy: () => {
      program.destroy();
      gpu.free(counts, ...Object.values(views));
    },
  };
}
