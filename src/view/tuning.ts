import type { TimedKind, Tuning } from '../records/tuning';
import { formatNumber } from './format';

/** The time of one tile at a product. */
export interface TimedTile {
  microseconds: number;
  /** Beside the slowest tile of the product. */
  share: number;
  /** Whether it is taken: no tile of the product was faster. */
  isFastest: boolean;
  /** Whether it is the one that is taken without a tuning. */
  isUsual: boolean;
}

/** A product that was timed, with a time for each of the tiles of a table's columns; null where one is missing. */
export interface TimedProductRow {
  kind: string;
  /** Rows × inner × columns. */
  sides: string;
  tiles: readonly (TimedTile | null)[];
}

/** The times of a tuning as a table: small products first, a column for the rows of each tile, small tiles first. */
export interface TileTable {
  columns: readonly number[];
  rows: readonly TimedProductRow[];
}

const KINDS: Readonly<Record<TimedKind, string>> = {
  forward: 'Layer',
  'weight gradient': 'Weight gradient',
  swiglu: 'SwiGLU',
};

/** The rows of a tile, with which its name ends. */
const rowsOf = (tile: string): number => Number(/\d*$/.exec(tile)?.[0]);

/** @param usual the tile of each shape that is taken without a tuning. */
export function tileTable({ shapes }: Pick<Tuning, 'shapes'>, usual: readonly string[]): TileTable {
  const timed = shapes
    .map((shape, at) => ({ ...shape, usual: usual[at] }))
    .filter(({ microseconds }) => Object.keys(microseconds).length > 0)
    .sort((a, b) => a.rows * a.inner * a.columns - b.rows * b.inner * b.columns);
  const sizes = timed.flatMap(({ microseconds }) => Object.keys(microseconds).map(rowsOf));
  const columns = [...new Set(sizes)].sort((a, b) => a - b);
  const rows = timed.map(({ kind, rows: height, inner, columns: width, compute, microseconds, usual: untuned }) => {
    const times = Object.values(microseconds);
    const [least, most] = [Math.min(...times), Math.max(...times)];
    // Of equal ones the first is taken.
    const fastest = Object.keys(microseconds).find((tile) => microseconds[tile] === least);
    const tiles = columns.map((size): TimedTile | null => {
      const tile = Object.keys(microseconds).find((name) => rowsOf(name) === size);
      const time = tile === undefined ? undefined : microseconds[tile];
      if (time === undefined) return null;
      const share = most > 0 ? time / most : 1;
      return { microseconds: time, share, isFastest: tile === fastest, isUsual: tile === untuned };
    });
    return {
      kind: compute === 'f16' ? `${KINDS[kind]}, 16-bit` : KINDS[kind],
      sides: [height, inner, width].map((side) => side.toLocaleString('en')).join(' × '),
      tiles,
    };
  });
  return { columns, rows };
}

/** What the fastest tiles are worth beside those that are taken without a tuning. */
export interface TuningGain {
  /** Products at which they are other tiles, of all. */
  differ: number;
  of: number;
  /** The share of a product's time that they save, the mean over all. */
  saved: number;
}

export function tuningGain({ rows }: TileTable): TuningGain {
  const shares = rows.flatMap(({ tiles }) => {
    const fastest = tiles.find((tile) => tile?.isFastest);
    const usual = tiles.find((tile) => tile?.isUsual);
    return fastest && usual ? [usual.microseconds > 0 ? 1 - fastest.microseconds / usual.microseconds : 0] : [];
  });
  const saved = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return { differ: shares.filter((share) => share > 0).length, of: shares.length, saved };
}

/** A time of one product: `42.1 µs`, `3.05 ms`. */
export const formatMicroseconds = (microseconds: number): string =>
  microseconds < 1000 ? `${formatNumber(microseconds)}\u202fµs` : `${formatNumber(microseconds / 1000)}\u202fms`;
