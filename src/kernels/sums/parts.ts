/** The least length of a part of a sum; only the last part may be shorter (`shaders/lib/parts.wgsl`). */
const PART_LEAST = 64;
/** More would spend more on adding them up than they save. */
const MOST_PARTS = 8;
/** Number of tiles of 32 × 32 from which a product is not cut: it fills a GPU as it is. */
const TILES_ENOUGH = 64;
const TILE = 32;

/**
 * The most parts that the sums of a weight gradient (rows, columns) are cut into, a power of two; 1: they are not. It follows
 * from the shape alone, so that the order of the sums is the same on every device.
 */
export function mostParts(rows: number, columns: number): number {
  const tiles = Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
  return Math.min(MOST_PARTS, 2 ** Math.floor(Math.log2(Math.max(1, TILES_ENOUGH / tiles))));
}

/** Elements of each part but the last of a sum over `count`, as the shaders cut it. */
export const partLength = (count: number, most: number): number =>
  Math.max(PART_LEAST, Math.ceil(Math.ceil(count / most) / 16) * 16);

/** Parts of a sum over `count` that hold something. */
export const partCount = (count: number, most: number): number => Math.ceil(count / partLength(count, most));
