import { expect, test } from 'vitest';
import type { TimedShape } from '../records/tuning';
import { formatMicroseconds, tileTable, tuningGain } from './tuning';

const large: TimedShape = {
  kind: 'swiglu',
  rows: 512,
  inner: 576,
  columns: 3072,
  microseconds: { paired64: 100, paired32: 150, paired16: 200 },
};
const small: TimedShape = {
  kind: 'forward',
  rows: 250,
  inner: 48,
  columns: 144,
  microseconds: { tiled64: 40, tiled32: 20, tiled16: 10 },
};

test('times of tiles stand in columns by their rows, small products and small tiles first', () => {
  const table = tileTable({ shapes: [large, small] }, ['paired32', 'tiled16']);
  expect(table.columns).toEqual([16, 32, 64]);
  expect(table.rows.map(({ kind, sides }) => `${kind} ${sides}`)).toEqual([
    'Layer 250 × 48 × 144',
    'SwiGLU 512 × 576 × 3,072',
  ]);
  const [layer, swiglu] = table.rows.map(({ tiles }) => tiles);
  expect(layer).toEqual([
    { microseconds: 10, share: 0.25, isFastest: true, isUsual: true },
    { microseconds: 20, share: 0.5, isFastest: false, isUsual: false },
    { microseconds: 40, share: 1, isFastest: false, isUsual: false },
  ]);
  expect(swiglu!.map((tile) => [tile!.isFastest, tile!.isUsual])).toEqual([[false, false], [false, true], [true, false]]); // prettier-ignore
  // A third of the one product's time, nothing of the other's.
  expect(tuningGain(table)).toEqual({ differ: 1, of: 2, saved: (1 - 100 / 150) / 2 });
});

test('of equal times the first tile is taken, as by the engine, and what was not timed is left out', () => {
  const equal = { ...small, microseconds: { tiled64: 10, tiled32: 10 } };
  const table = tileTable({ shapes: [equal, large, { ...small, microseconds: {} }] }, [
    'tiled64',
    'paired64',
    'tiled64',
  ]);
  expect(table.rows).toHaveLength(2);
  expect(table.rows[0]!.tiles).toEqual([
    null,
    { microseconds: 10, share: 1, isFastest: false, isUsual: false },
    { microseconds: 10, share: 1, isFastest: true, isUsual: true },
  ]);
  expect(tuningGain(table)).toEqual({ differ: 0, of: 2, saved: 0 });
});

test('a time of a product has three digits and the unit that suits it', () => {
  expect([4.239, 999, 1234, 41_000].map(formatMicroseconds)).toEqual([
    '4.24\u202fµs',
    '999\u202fµs',
    '1.23\u202fms',
    '41\u202fms',
  ]);
});
