import { typicalOf, type DeviceFigures } from '../../gpu/devices';
import type { AdapterIdentity } from '../../gpu/gpu';
import { boundOf } from '../../gpu/roofline';
import { partCount } from '../sums/parts';

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

export const isTile = (variant: string): variant is TileName => variant in TILES;

/** The block of C that one workgroup computes. */
export const tileBlock = ({ LANES_Y, LANES_X, ROWS, VECS }: Tile) => ({
  rows: LANES_Y * ROWS,
  columns: LANES_X * VECS * 4,
});

/** Bytes that a product reads from workgroup memory: for each step of the sum, what an invocation multiplies. */
export function tileReads(tile: Tile, rows: number, inner: number, columns: number): number {
  const block = tileBlock(tile);
  const groups = Math.ceil(rows / block.rows) * Math.ceil(columns / block.columns);
  return groups * tile.LANES_Y * tile.LANES_X * inner * 4 * (tile.ROWS + 4 * tile.VECS);
}

/** The tile whose bound on such a device is the lowest, for sums in as many parts at most. All give the same bits. */
export function bestTile(device: DeviceFigures, rows: number, inner: number, columns: number, most = 1): TileName {
  const parts = Math.max(1, partCount(inner, most));
  const bound = (tile: Tile): number => {
    const block = tileBlock(tile);
    return boundOf(device, {
      flops: 2 * rows * inner * columns,
      bytes: 4 * (rows * inner + inner * columns + parts * rows * columns),
      shared: tileReads(tile, rows, inner, columns),
      workgroups: parts * Math.ceil(rows / block.rows) * Math.ceil(columns / block.columns),
      invocations: tile.LANES_Y * tile.LANES_X,
    }).total;
  };
  const [best] = Object.entries(TILES)
    .map(([name, tile]) => ({ name, total: bound(tile) }))
    .sort((a, b) => a.total - b.total);
  return best && isTile(best.name) ? best.name : 'tiled64';
}

/** WebGPU does not tell how many cores an adapter has: what is usual for its vendor decides. */
export const tileFor = (
  adapter: AdapterIdentity,
  rows: number,
  inner: number,
  columns: number,
  parts: number,
): TileName => bestTile(typicalOf(adapter), rows, inner, columns, parts);
