import { describe, expect } from 'vitest';
import { testKernel } from '../kernels/reference/harness';
import { tunedTile } from '../kernels/matmul/tuned';
import { PAIRED_TILES, tileNames, TILES } from '../kernels/matmul/tiles';
import { measureTiles } from './measure-tiles';

const shapes = [
  { kind: 'forward', rows: 33, inner: 17, columns: 65 },
  { kind: 'weight gradient', rows: 17, inner: 65, columns: 33 },
  { kind: 'swiglu', rows: 33, inner: 17, columns: 66 },
  { kind: 'forward', rows: 33, inner: 17, columns: 65, compute: 'f16' },
  { kind: 'swiglu', rows: 33, inner: 17, columns: 66, compute: 'f16' },
] as const;
const options = { shapes, timing: { leastMs: 0, rounds: 1 }, budgetMs: 60_000 };

describe('the tiles of an adapter', () => {
  testKernel('are timed at each shape, each of them', async ({ gpu }) => {
    const told: number[][] = [];
    const tuning = await measureTiles(gpu, { ...options, onProgress: (...done) => told.push(done) });
    expect(told).toEqual(shapes.map((_, done) => [done, shapes.length]));
    expect(tuning!.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(tuning!.adapter.description).toBe(gpu.adapter.description);
    expect(tuning!.shapes.map(({ microseconds: _, ...shape }) => shape)).toEqual(shapes);
    for (const { kind, microseconds } of tuning!.shapes) {
      expect(Object.keys(microseconds)).toEqual(kind === 'swiglu' ? tileNames(PAIRED_TILES) : tileNames(TILES));
      for (const time of Object.values(microseconds)) expect(time).toBeGreaterThan(0);
    }
    const { microseconds } = tuning!.shapes[0]!;
    const least = tileNames(TILES).find((tile) => microseconds[tile] === Math.min(...Object.values(microseconds)));
    expect(tunedTile(tuning!, tileNames(TILES), (kind) => kind === 'forward', [shapes[0]])).toBe(least);
  });

  testKernel('are timed at the first shape alone where there is no more time', async ({ gpu }) => {
    const tuning = await measureTiles(gpu, { ...options, budgetMs: 0 });
    expect(tuning!.shapes.map(({ kind }) => kind)).toEqual(['forward']);
  });

  testKernel('are not known where somebody cancels, and nothing is left behind', async ({ gpu }) => {
    let asked = 0;
    expect(await measureTiles(gpu, { ...options, isCancelled: () => ++asked === 2 })).toBeNull();
    expect(asked).toBe(2);
  });
});
