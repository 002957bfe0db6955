import { describe, expect, test } from 'vitest';
import type { TimedShape } from '../../records/tuning';
import { pairedTileFor, tileFor, usesTiles } from './tiles';
import { timedShape, tuningOf } from './tuned.test-data';

const adapter = { vendor: 'apple', architecture: 'metal-3', description: '', software: false };
const tuned = (...shapes: TimedShape[]) => ({ adapter, tuning: tuningOf(adapter, shapes) });
const untuned = { adapter, tuning: null };

const small = timedShape('forward', [250, 48, 144], 16);
const large = timedShape('forward', [1024, 1024, 1024], 64);
const product = (rows: number, inner: number, columns: number, parts = 1) => ({ rows, inner, columns, parts });

describe('the tile of a tuning', () => {
  test('is the fastest at the nearest measured shape, in whichever order they stand', () => {
    for (const gpu of [tuned(small, large), tuned(large, small)]) {
      expect(tileFor(gpu, [product(300, 64, 192)])).toBe('tiled16');
      expect(tileFor(gpu, [product(2048, 600, 900)])).toBe('tiled64');
    }
  });

  test('is near by doublings: 8 times as many rows are as far as 8 times as many columns', () => {
    const gpu = tuned(timedShape('forward', [1024, 64, 64], 64), timedShape('forward', [128, 64, 1024], 32));
    expect(tileFor(gpu, [product(512, 64, 128)])).toBe('tiled64');
    expect(tileFor(gpu, [product(192, 64, 512)])).toBe('tiled32');
  });

  test('of sums in parts is that of more rows with a shorter inner side', () => {
    const gpu = tuned(timedShape('weight gradient', [64, 1024, 64], 32), timedShape('forward', [512, 128, 64], 16));
    expect(tileFor(gpu, [product(64, 1024, 64)])).toBe('tiled32');
    expect(tileFor(gpu, [product(64, 1024, 64, 8)])).toBe('tiled16');
  });

  test('of several products at once is the least in all, each with the time that its operations take', () => {
    const gpu = tuned(small, large);
    expect(tileFor(gpu, [product(250, 48, 144), product(1024, 1024, 1024)])).toBe('tiled64');
    expect(
      tileFor(gpu, [...Array<ReturnType<typeof product>>(5).fill(product(250, 48, 144)), product(700, 300, 250)]),
    ).toBe('tiled16');
  });

  test('of a SwiGLU goes by what was timed of a SwiGLU', () => {
    const gpu = tuned(small, timedShape('swiglu', [500, 64, 352], 32));
    expect(pairedTileFor(gpu, product(250, 48, 144))).toBe('paired32');
    expect(tileFor(gpu, [product(500, 64, 352)])).toBe('tiled16');
  });

  test('of a product of halves goes by what was timed with halves, where there is any', () => {
    const halves = { ...timedShape('forward', [4096, 4096, 4096], 32), compute: 'f16' as const };
    const half = { ...product(250, 48, 144), compute: 'f16' as const };
    expect(tileFor(tuned(small, halves), [half])).toBe('tiled32');
    expect(tileFor(tuned(small, halves), [product(4096, 4096, 4096)])).toBe('tiled16');
    expect(tileFor(tuned(small, large), [half])).toBe('tiled16');
  });

  test('is that of the bound where nothing fits was timed: no shape, another kind, a tile that is missing', () => {
    for (const shape of [product(250, 48, 144), product(1024, 1024, 1024), product(64, 1000, 192, 8)]) {
      const [plain, paired] = [tileFor(untuned, [shape]), pairedTileFor(untuned, shape)];
      const unlike = timedShape('forward', [64, 64, 64], plain === 'tiled16' ? 64 : 16);
      const others = { tiled64: unlike.microseconds['tiled64']!, tiled16: unlike.microseconds['tiled16']! };
      for (const gpu of [tuned(), tuned({ ...unlike, microseconds: others })])
        expect(tileFor(gpu, [shape])).toBe(plain);
      expect(pairedTileFor(tuned(unlike), shape)).toBe(paired);
      expect(tileFor(tuned(unlike), [shape])).not.toBe(plain);
    }
  });

  test('of a product without rows is one', () => {
    expect(tileFor(tuned(small, large), [product(0, 64, 64), product(64, 0, 64, 8)])).toMatch(/^tiled/);
  });

  test('is asked for on a CPU adapter only where a tuning was set', () => {
    const software = { ...adapter, software: true };
    expect(usesTiles(untuned)).toBe(true);
    expect(usesTiles({ adapter: software, tuning: null })).toBe(false);
    expect(usesTiles({ adapter: software, tuning: tuningOf(software, []) })).toBe(true);
  });
});
