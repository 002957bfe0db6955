import type { Gpu } from '../gpu/gpu';
import { namesOf, tiledKernels } from '../kernels/matmul/kept-tuning';
import { PAIRED_TILES, tileNames, TILES } from '../kernels/matmul/tiles';
import type { TimedShape, Tuning } from '../records/tuning';
import { medianTimes, recordProduct, recordSwiglu, type RecordedProduct, type Timing } from './timed-product';

type Shape = Omit<TimedShape, 'microseconds'>;

const shape = (kind: Shape['kind'], rows: number, inner: number, columns: number): Shape => ({
  kind,
  rows,
  inner,
  columns,
});

/**
 * What is timed, of every kind the cheap ones first: layers of 48 and 64 channels over the tokens of a small step, a
 * weight gradient with its long inner side, 256 channels, the 576 of a model of 135 million weights, a chunk of a head.
 */
export const TUNED_SHAPES: readonly Shape[] = [
  shape('forward', 250, 48, 144),
  shape('swiglu', 500, 64, 352),
  shape('weight gradient', 64, 1000, 192),
  shape('forward', 1000, 64, 192),
  shape('forward', 512, 256, 256),
  shape('forward', 64, 256, 8192),
  shape('forward', 512, 576, 576),
  shape('swiglu', 512, 576, 3072),
  shape('weight gradient', 256, 4096, 680),
  shape('forward', 1024, 1024, 1024),
];

/** What is timed besides where the device has 16-bit arithmetic, for sessions with `model.fp16`. */
const SHAPES_OF_HALVES: readonly Shape[] = [
  shape('forward', 512, 256, 256),
  shape('swiglu', 512, 256, 1408),
  shape('weight gradient', 256, 4096, 680),
].map((one) => ({ ...one, compute: 'f16' as const }));

/** The shapes that are timed on a device. */
export const shapesFor = ({ device }: Pick<Gpu, 'device'>): readonly Shape[] =>
  device.features.has('shader-f16') ? [...TUNED_SHAPES, ...SHAPES_OF_HALVES] : TUNED_SHAPES;

/** Runs of a product for one figure, about, as long as one run takes longer than a round must. */
const RUNS = 6;

export interface MeasureTilesOptions {
  /** Called before each shape with the number of those that are done, and of all. */
  onProgress?: (done: number, of: number) => void;
  /** Asked between two shapes; true ends the measurement. */
  isCancelled?: () => boolean;
  /** Milliseconds in all; a shape that would take longer, by the slowest tile so far, is left out. */
  budgetMs?: number;
  timing?: Timing;
  shapes?: readonly Shape[];
}

/**
 * Times every tile of the product kernels at some shapes of the lab's, on the device as it is.
 * @returns what to set as `gpu.tuning` and to keep; null where it was cancelled.
 */
export async function measureTiles(
  gpu: Gpu,
  {
    onProgress,
    isCancelled = () => false,
    budgetMs = 3000,
    timing = { leastMs: 12, rounds: 3 },
    shapes = shapesFor(gpu),
  }: MeasureTilesOptions = {},
): Promise<Tuning | null> {
  const begun = performance.now();
  const timed: TimedShape[] = [];
  // Small products are mostly waiting: the best rate so far says most about a larger one.
  let flopsPerMs = 0;
  for (const [i, one] of shapes.entries()) {
    onProgress?.(i, shapes.length);
    // A page that asks to cancel is only heard between two tasks.
    await new Promise((resolve) => setTimeout(resolve));
    if (isCancelled()) return null;
    const flops = 2 * one.rows * one.inner * one.columns;
    const left = budgetMs - (performance.now() - begun);
    if (i > 0 && (left <= 0 || (RUNS * Object.keys(TILES).length * flops) / flopsPerMs > left)) continue;
    const milliseconds = await timesOf(gpu, timing, one);
    flopsPerMs = Math.max(flopsPerMs, flops / Math.max(...Object.values(milliseconds)));
    const rounded = Object.entries(milliseconds).map(
      ([tile, ms]) => [tile, Number((1000 * ms).toPrecision(4))] as const,
    );
    timed.push({ ...one, microseconds: Object.fromEntries(rounded) });
  }
  const date = new Date().toISOString().slice(0, 10);
  return { adapter: namesOf(gpu.adapter), date, kernels: tiledKernels(), shapes: timed };
}

/** Milliseconds of one product by tile. */
async function timesOf(gpu: Gpu, timing: Timing, { kind, ...sides }: Shape): Promise<Record<string, number>> {
  const product = { ...sides, turned: kind === 'forward' ? 'right' : 'left' } as const;
  const recorded: [string, RecordedProduct][] = [];
  try {
    if (kind === 'swiglu') {
      for (const tile of tileNames(PAIRED_TILES)) recorded.push([tile, await recordSwiglu(gpu, sides, tile)]);
    } else {
      for (const tile of tileNames(TILES)) recorded.push([tile, await recordProduct(gpu, product, tile)]);
    }
    const runs = recorded.map(([, { run }]) => run);
    const times = await medianTimes(gpu, timing, runs);
    return Object.fromEntries(recorded.map(([tile], i) => [tile, times[i]!]));
  } finally {
    for (const [, one] of recorded) one.destroy();
  }
}
