import type { Compute } from '../../config/compute';
import { typicalOf, type DeviceFigures } from '../../gpu/devices';
import type { AdapterIdentity, Gpu } from '../../gpu/gpu';
import { boundOf } from '../../gpu/roofline';
import type { TimedShape } from '../../records/tuning';
import { partCount, partLength } from '../sums/parts';
import { factorBytes } from './half';
import { tunedTile } from './tuned';

/** What the shader through workgroup memory is compiled with: lanes of a workgroup, and what each of them computes. */
export interface Tile {
  LANES_Y: number;
  LANES_X: number;
  /** Rows of an invocation. */
  ROWS: number;
  /** Fours of columns of an invocation. */
  VECS: number;
}

/** Large ones read little from memory and from workgroup memory; of small ones there are more, so that a small product fills a GPU. */
export const TILES = {
  tiled64: { LANES_Y: 8, LANES_X: 8, ROWS: 8, VECS: 2 },
  tiled32: { LANES_Y: 8, LANES_X: 8, ROWS: 4, VECS: 1 },
  tiled16: { LANES_Y: 8, LANES_X: 4, ROWS: 2, VECS: 1 },
} satisfies Record<string, Tile>;
export type TileName = keyof typeof TILES;

/** Those of a SwiGLU's product: of an invocation's two vectors of columns one is of the gate, the other of what it lets through. */
export const PAIRED_TILES = {
  paired64: TILES.tiled64,
  paired32: { LANES_Y: 8, LANES_X: 8, ROWS: 4, VECS: 2 },
  paired16: { LANES_Y: 8, LANES_X: 4, ROWS: 2, VECS: 2 },
} satisfies Record<string, Tile>;

export const isTile = (variant: string): variant is TileName => variant in TILES;

/** The block of C that one workgroup computes. */
export const tileBlock = ({ LANES_Y, LANES_X, ROWS, VECS }: Tile) => ({
  rows: LANES_Y * ROWS,
  columns: LANES_X * VECS * 4,
});

/** A product (rows, inner) · (inner, columns), its sums in as many parts at most. */
export interface Product {
  rows: number;
  inner: number;
  columns: number;
  parts?: number;
  compute?: Compute | undefined;
}

/** Workgroups of a product that have something to do. */
export function tileGroups(tile: Tile, { rows, inner, columns, parts = 1 }: Product): number {
  const block = tileBlock(tile);
  return Math.ceil(rows / block.rows) * Math.ceil(columns / block.columns) * Math.max(1, partCount(inner, parts));
}

/** Bytes that a product reads from workgroup memory: for each step of the sum, what an invocation multiplies. */
export function tileReads(tile: Tile, { rows, inner, columns, compute }: Product): number {
  const groups = tileGroups(tile, { rows, inner, columns });
  return groups * tile.LANES_Y * tile.LANES_X * inner * factorBytes(compute) * (tile.ROWS + 4 * tile.VECS);
}

/** Steps of the sum that a workgroup loads at once (`shaders/lib/tile.wgsl`). */
const DEPTH = 16;

/** Rounds of loads of a workgroup. */
export const tileRounds = ({ inner, parts = 1 }: Product): number =>
  Math.ceil(Math.min(inner, partLength(inner, parts)) / DEPTH);

/** An adapter, with what was measured of tiles on it. */
type Tuned = Pick<Gpu, 'adapter' | 'tuning'>;

/** Whether products are computed in tiles here: on a CPU adapter only where a tuning says so. */
export const usesTiles = ({ adapter, tuning }: Tuned): boolean => !adapter.software || tuning !== null;

/**
 * The tile for a dispatch of these products: the fastest by the adapter's tuning, else that with the lowest bound. All
 * give the same bits.
 */
export const tileFor = ({ adapter, tuning }: Tuned, products: readonly Product[]): TileName =>
  (tuning && tunedTile(tuning, tileNames(TILES), (kind) => kind !== 'swiglu', products)) ??
  best(TILES, typicalOf(adapter), products);

/** The same of a SwiGLU's product. */
export const pairedTileFor = ({ adapter, tuning }: Tuned, product: Product): keyof typeof PAIRED_TILES =>
  (tuning && tunedTile(tuning, tileNames(PAIRED_TILES), (kind) => kind === 'swiglu', [product])) ??
  best(PAIRED_TILES, typicalOf(adapter), [product]);

/** The tile that a product of this kind has without a tuning. */
export function usualTile(adapter: AdapterIdentity, { kind, rows, inner, columns, compute }: TimedShape): string {
  const untuned = { adapter, tuning: null };
  const product = { rows, inner, columns, compute };
  return kind === 'swiglu' ? pairedTileFor(untuned, product) : tileFor(untuned, [product]);
}

export const tileNames = <Name extends string>(tiles: Readonly<Record<Name, Tile>>): Name[] =>
  Object.keys(tiles).filter((name): name is Name => name in tiles);

/** WebGPU does not tell how many cores an adapter has: what is usual for its vendor decides. */
function best<Name extends string>(
  tiles: Readonly<Record<Name, Tile>>,
  device: DeviceFigures,
  products: readonly Product[],
): Name {
  const sum = (of: (product: Product) => number): number => products.reduce((total, one) => total + of(one), 0);
  const bound = (tile: Tile): number =>
    boundOf(device, {
      flops: sum(({ rows, inner, columns }) => 2 * rows * inner * columns),
      bytes: sum(
        ({ rows, inner, columns, parts = 1 }) =>
          4 * (rows * inner + inner * columns + Math.max(1, partCount(inner, parts)) * rows * columns),
      ),
      shared: sum((product) => tileReads(tile, product)),
      workgroups: sum((product) => tileGroups(tile, product)),
      invocations: tile.LANES_Y * tile.LANES_X,
    }).total;
  const bounds = tileNames(tiles).map((name) => ({ name, total: bound(tiles[name]) }));
  return bounds.reduce((least, one) => (one.total < least.total ? one : least)).name;
}
