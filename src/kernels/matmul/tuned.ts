import type { TimedShape, Tuning } from '../../records/tuning';
import { partCount, partLength } from '../sums/parts';

type Shape = Pick<TimedShape, 'rows' | 'inner' | 'columns' | 'compute'> & { parts?: number };

/** How far apart two shapes are: the root of the squared doublings of rows, inner and columns between them. */
const distance = (a: Shape, b: Shape): number =>
  Math.hypot(...(['rows', 'inner', 'columns'] as const).map((side) => Math.log2(a[side] / b[side])));

/** The same work without parts: each part of the sums is rows of its own, with a shorter inner side. */
function whole({ rows, inner, columns, parts = 1 }: Shape): Shape {
  const side = (value: number): number => Math.max(1, value);
  const count = side(partCount(inner, parts));
  return { rows: side(rows * count), inner: side(Math.min(inner, partLength(inner, parts))), columns: side(columns) };
}

const flops = ({ rows, inner, columns }: Shape): number => rows * inner * columns;

/**
 * The tile that takes least time for a dispatch of these products, by the nearest measured shape of each, its time grown
 * with the operations; null where no shape of the kind has a time of every tile. Products of halves go by shapes that were
 * timed with halves, where there are any.
 */
export function tunedTile<Name extends string>(
  { shapes }: Tuning,
  tiles: readonly Name[],
  isOfKind: (kind: TimedShape['kind']) => boolean,
  products: readonly Shape[],
): Name | null {
  const timed = shapes.filter(
    ({ kind, microseconds }) => isOfKind(kind) && tiles.every((tile) => tile in microseconds),
  );
  if (timed.length === 0) return null;
  const near = products.map((one) => {
    const alike = timed.filter(({ compute = 'f32' }) => compute === (one.compute ?? 'f32'));
    const product = whole(one);
    const nearest = (alike.length > 0 ? alike : timed).reduce((least, one) =>
      distance(product, one) < distance(product, least) ? one : least,
    );
    return { microseconds: nearest.microseconds, share: flops(product) / flops(nearest) };
  });
  const time = (tile: Name): number =>
    near.reduce((sum, { microseconds, share }) => sum + share * (microseconds[tile] ?? Infinity), 0);
  return tiles.reduce((least, tile) => (time(tile) < time(least) ? tile : least));
}
