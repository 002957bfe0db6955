import type { AdapterIdentity } from '../../gpu/gpu';
import type { TimedShape, Tuning } from '../../records/tuning';
import { namesOf, tiledKernels } from './kept-tuning';

const TIMED = { forward: 'tiled', 'weight gradient': 'tiled', swiglu: 'paired' } as const;

/** A timed shape at which the tile of one size is the fastest. */
export function timedShape(
  kind: TimedShape['kind'],
  sides: readonly [number, number, number],
  size: number,
): TimedShape {
  const [rows, inner, columns] = sides;
  const microseconds = Object.fromEntries([64, 32, 16].map((one) => [`${TIMED[kind]}${one}`, one === size ? 10 : 20]));
  return { kind, rows, inner, columns, microseconds };
}

/** A tuning of an adapter. */
export const tuningOf = (adapter: AdapterIdentity, shapes: readonly TimedShape[]): Tuning => ({
  adapter: namesOf(adapter),
  date: '2026-11-29',
  kernels: tiledKernels(),
  shapes,
});

/** A tuning by which the tiles of one size are the fastest at every shape. */
export const alwaysTile = (adapter: AdapterIdentity, size: 64 | 32 | 16): Tuning =>
  tuningOf(adapter, [timedShape('forward', [64, 64, 64], size), timedShape('swiglu', [64, 64, 64], size)]);
