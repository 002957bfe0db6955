import { float16ToFloat32 } from '../../lib/half';
import { BLOCK_WEIGHTS, bytesOf, type PackedDtype } from './weights';

/** Offset of the quants in a block: after the scale, and in q4_1 after the least value too. */
const QUANTS: Readonly<Record<PackedDtype, number>> = { q8_0: 2, q4_0: 2, q4_1: 4 };

const HALF = BLOCK_WEIGHTS / 2;

/**
 * Weights of GGUF's blocks in f32, as ggml's `dequantize_row_*` gives them, bit for bit. A block is a half d and, in q8_0, 32
 * signed bytes: d·q; in q4_0, 16 bytes, of which the low halves are elements 0 to 15 and the high ones 16 to 31: d·(q − 8);
 * in q4_1, a half m and as many: d·q + m.
 * @param bytes whole blocks
 */
export function unpacked(bytes: Uint8Array, dtype: PackedDtype): Float32Array<ArrayBuffer> {
  const size = bytesOf(dtype, BLOCK_WEIGHTS);
  const blocks = bytes.length / size;
  const out = new Float32Array(blocks * BLOCK_WEIGHTS);
  const halves = new Uint16Array(2 * blocks);
  for (let block = 0; block < blocks; block++) {
    const at = block * size;
    halves[2 * block] = bytes[at]! | (bytes[at + 1]! << 8);
    halves[2 * block + 1] = dtype === 'q4_1' ? bytes[at + 2]! | (bytes[at + 3]! << 8) : 0;
  }
  const scales = float16ToFloat32(halves);
  for (let block = 0; block < blocks; block++) {
    const d = scales[2 * block]!;
    const from = block * size + QUANTS[dtype];
    const to = block * BLOCK_WEIGHTS;
    if (dtype === 'q8_0') {
      for (let i = 0; i < BLOCK_WEIGHTS; i++) out[to + i] = d * ((bytes[from + i]! << 24) >> 24);
      continue;
    }
    // Products are exact, so the rounding on storing is ggml's of the sum.
    const m = scales[2 * block + 1]!;
    const weight = dtype === 'q4_0' ? (q: number) => d * (q - 8) : (q: number) => d * q + m;
    for (let i = 0; i < HALF; i++) {
      out[to + i] = weight(bytes[from + i]! & 15);
      out[to + HALF + i] = weight(bytes[from + i]! >> 4);
    }
  }
  return out;
}
