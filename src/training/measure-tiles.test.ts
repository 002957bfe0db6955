import { describe, expect, test } from 'vitest';
import { RehearsedGpu } from '../gpu/rehearsed';
import { tiledKernels } from '../kernels/matmul/kept-tuning';
import { PAIRED_TILES, tileNames, TILES } from '../kernels/matmul/tiles';
import { plannedAs } from '../gpu/planned';
import { measureTiles, shapesFor, TUNED_SHAPES } from './measure-tiles';

const shapes = [
  { kind: 'forward', rows: 250, inner: 48, columns: 144 },
  { kind: 'weight gradient', rows: 64, inner: 1000, columns: 192 },
  { kind: 'swiglu', rows: 500, inner: 64, columns: 352 },
] as const;
const options = { shapes, timing: { leastMs: 0, rounds: 3 }, budgetMs: 60_000 };

describe('the tiles of an adapter', () => {
  test('are each timed at each shape, as often as one another and in turn', async () => {
    const gpu = new RehearsedGpu('apple');
    const told: number[][] = [];
    const tuning = await measureTiles(gpu, { ...options, onProgress: (...done) => told.push(done) });
    expect(told).toEqual(shapes.map((_, done) => [done, shapes.length]));
    expect(tuning).toMatchObject({ adapter: { vendor: 'apple' }, kernels: tiledKernels(), shapes });
    for (const { kind, microseconds } of tuning!.shapes)
      expect(Object.keys(microseconds)).toEqual(kind === 'swiglu' ? tileNames(PAIRED_TILES) : tileNames(TILES));
    // Once to warm up, once to count, then a round each: by their workgroups the tiles are told apart.
    const ran = gpu.take().map(({ kernel, workgroups, flops }) => ({ kernel, workgroups, flops }));
    expect(new Set(ran.map(({ kernel }) => kernel))).toEqual(new Set(['matmul_tiled', 'matmul_swiglu']));
    const [forward, gradient, swiglu] = [ran.slice(0, 13), ran.slice(13, 26), ran.slice(26)];
    for (const [of, flops] of [
      [forward, 250 * 48 * 144],
      [gradient, 64 * 1000 * 192],
    ] as const)
      // prettier-ignore
      expect(new Set(of.map((one) => one.flops))).toEqual(new Set([2 * flops]));
    for (const of of [forward, gradient, swiglu]) {
      const groups = of.map(({ workgroups }) => workgroups);
      const each = groups.slice(0, 3);
      expect(new Set(each).size).toBe(3);
      expect(groups).toEqual([...each, each[0], ...each, ...each, ...each]);
    }
    expect(gpu.counters.liveBuffers).toBe(0);
  });

  test('are timed at the first shape alone where there is no more time', async () => {
    const tuning = await measureTiles(new RehearsedGpu(), { ...options, budgetMs: 0 });
    expect(tuning!.shapes.map(({ kind }) => kind)).toEqual(['forward']);
  });

  test('are not timed at a shape that would take too long, by what the ones before took', async () => {
    const [first, , last] = shapes;
    const huge = { ...first, rows: 2 ** 44 };
    const tuning = await measureTiles(new RehearsedGpu(), { ...options, shapes: [first, huge, last] });
    expect(tuning!.shapes.map(({ kind }) => kind)).toEqual(['forward', 'swiglu']);
  });

  test('are not known where somebody cancels, and nothing is left behind', async () => {
    const gpu = new RehearsedGpu();
    let asked = 0;
    expect(await measureTiles(gpu, { ...options, isCancelled: () => ++asked === 2 })).toBeNull();
    expect(asked).toBe(2);
    expect(gpu.counters.liveBuffers).toBe(0);
  });

  test('are timed at shapes of every kind', () => {
    expect(new Set(TUNED_SHAPES.map(({ kind }) => kind)).size).toBe(3);
    for (const { kind, columns } of TUNED_SHAPES) if (kind === 'swiglu') expect(columns % 2).toBe(0);
  });

  test('are timed with halves too where the device has 16-bit arithmetic', () => {
    const { adapter } = new RehearsedGpu();
    const halvesOn = (...features: GPUFeatureName[]) =>
      shapesFor(plannedAs(adapter, new Set(features))).filter(({ compute }) => compute === 'f16');
    expect(new Set(halvesOn('shader-f16').map(({ kind }) => kind)).size).toBe(3);
    expect(halvesOn()).toEqual([]);
  });
});
