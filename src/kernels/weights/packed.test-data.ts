import { Random } from '../../lib/philox';
import { BLOCK_WEIGHTS, bytesOf, type PackedDtype } from './weights';

/** Halves below this are finite and positive, from 0 to 65,504. */
const FINITE = 0x7c00;

/**
 * Blocks of random quants under random scales of either sign, below 1/64 and so of order one in sums.
 * @param scale the half of each block's scale, where it is not drawn.
 */
export function packedBlocks(
  dtype: PackedDtype,
  blocks: number,
  seed: number,
  scale?: (block: number) => number,
): Uint8Array<ArrayBuffer> {
  const random = new Random(seed, 'init', 3);
  const size = bytesOf(dtype, BLOCK_WEIGHTS);
  const bytes = Uint8Array.from({ length: blocks * size }, () => random.integer(256));
  const halves = new DataView(bytes.buffer);
  for (let block = 0; block < blocks; block++) {
    const drawn = random.integer(0x2400) | (random.integer(2) << 15);
    halves.setUint16(block * size, scale?.(block) ?? drawn, true);
    if (dtype === 'q4_1') halves.setUint16(block * size + 2, random.integer(0x2c00) | (random.integer(2) << 15), true);
  }
  return bytes;
}

/** All finite halves, of either sign. */
export const FINITE_HALVES: readonly number[] = Array.from({ length: 2 * FINITE }, (_, i) =>
  i < FINITE ? i : i - FINITE + 0x8000,
);

/** Bytes in whole words, as a buffer takes them. */
export function inWords(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}
