import type { RowRange } from './batch-parts';

/** Places in `rows` that lie in a part of the batch, in order; all of them where the batch is computed as a whole. */
export function placesIn(rows: Uint32Array, part: RowRange | null): Uint32Array<ArrayBuffer> {
  const places = Uint32Array.from(rows.keys());
  return part === null ? places : places.filter((i) => rows[i]! >= part.start && rows[i]! < part.end);
}

/** The rows at `places`, counted from the part's first. */
export function rowsIn(rows: Uint32Array, places: Uint32Array, part: RowRange | null): Uint32Array<ArrayBuffer> {
  const first = part?.start ?? 0;
  return Uint32Array.from(places, (place) => rows[place]! - first);
}

export function integersAt(values: Uint32Array, places: Uint32Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(places, (place) => values[place]!);
}

export function floatsAt(values: Float32Array, places: Uint32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(places, (place) => values[place]!);
}
