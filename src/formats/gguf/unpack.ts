/** Blocks of ggml to floats, as its `dequantize_row_*` computes them (ggml-quants.c). */
import { float16ToFloat32 } from '../../lib/half';

/** Halves at a place of every block. */
function halves(blocks: Uint8Array, size: number, at: number): Float32Array {
  const bits = new Uint16Array(blocks.length / size);
  for (let b = 0; b < bits.length; b++) {
    const from = b * size + at;
    bits[b] = blocks[from]! | (blocks[from + 1]! << 8);
  }
  return float16ToFloat32(bits);
}

/** 32 elements of 5 bits: a half d (and a half m), 32 highest bits, 16 bytes of two lower parts. d·(q − 16), or d·q + m. */
export function unpackQ5(blocks: Uint8Array, hasLeast: boolean): Float32Array<ArrayBuffer> {
  const size = hasLeast ? 24 : 22;
  const d = halves(blocks, size, 0);
  const m = hasLeast ? halves(blocks, size, 2) : null;
  const head = hasLeast ? 4 : 2;
  const out = new Float32Array(d.length * 32);
  for (let b = 0; b < d.length; b++) {
    const at = b * size + head;
    const high = blocks[at]! | (blocks[at + 1]! << 8) | (blocks[at + 2]! << 16) | (blocks[at + 3]! << 24);
    const scale = d[b]!;
    const least = m ? m[b]! : -16 * scale;
    for (let i = 0; i < 16; i++) {
      const byte = blocks[at + 4 + i]!;
      out[b * 32 + i] = scale * ((byte & 15) | (((high >>> i) & 1) << 4)) + least;
      out[b * 32 + 16 + i] = scale * ((byte >> 4) | (((high >>> (i + 16)) & 1) << 4)) + least;
    }
  }
  return out;
}

/** Scale and least value of sub-block `j` of eight, 6 bits each in 12 bytes from `at` on. */
function scaleAndLeast(bytes: Uint8Array, at: number, j: number): [scale: number, least: number] {
  if (j < 4) return [bytes[at + j]! & 63, bytes[at + j + 4]! & 63];
  const packed = bytes[at + j + 4]!;
  return [(packed & 15) | ((bytes[at + j - 4]! >> 6) << 4), (packed >> 4) | ((bytes[at + j]! >> 6) << 4)];
}

/** 256 elements of 4 bits in eight sub-blocks: halves d and dmin, 12 bytes of scales, 128 bytes. d·s·q − dmin·m. */
export const unpackQ4K = (blocks: Uint8Array): Float32Array<ArrayBuffer> => unpackK(blocks, 144, null, 16);

/** The same with 5 bits: 32 bytes of highest bits before the 128. */
export const unpackQ5K = (blocks: Uint8Array): Float32Array<ArrayBuffer> => unpackK(blocks, 176, 16, 48);

function unpackK(blocks: Uint8Array, size: number, highAt: number | null, lowAt: number): Float32Array<ArrayBuffer> {
  const d = halves(blocks, size, 0);
  const dmin = halves(blocks, size, 2);
  const out = new Float32Array(d.length * 256);
  for (let b = 0; b < d.length; b++) {
    const block = b * size;
    for (let j = 0; j < 8; j++) {
      const [s, m] = scaleAndLeast(blocks, block + 4, j);
      const scale = d[b]! * s;
      const least = dmin[b]! * m;
      const low = block + lowAt + (j >> 1) * 32;
      const shift = (j & 1) * 4;
      for (let i = 0; i < 32; i++) {
        const fifth = highAt === null ? 0 : (blocks[block + highAt + i]! >> j) & 1;
        out[b * 256 + j * 32 + i] = scale * (((blocks[low + i]! >> shift) & 15) | (fifth << 4)) - least;
      }
    }
  }
  return out;
}

/** 256 elements of 6 bits: 128 bytes of lower, 64 of upper parts, 16 signed scales, a half d. d·s·(q − 32). */
export function unpackQ6K(blocks: Uint8Array): Float32Array<ArrayBuffer> {
  const size = 210;
  const d = halves(blocks, size, 208);
  const out = new Float32Array(d.length * 256);
  for (let b = 0; b < d.length; b++) {
    const block = b * size;
    for (let half = 0; half < 2; half++) {
      for (let part = 0; part < 4; part++) {
        const low = block + half * 64 + (part & 1) * 32;
        const high = block + 128 + half * 32;
        for (let i = 0; i < 32; i++) {
          const lower = (blocks[low + i]! >> ((part >> 1) * 4)) & 15;
          const upper = (blocks[high + i]! >> (2 * part)) & 3;
          const scale = (blocks[block + 192 + half * 8 + part * 2 + (i >> 4)]! << 24) >> 24;
          out[b * 256 + half * 128 + part * 32 + i] = d[b]! * scale * ((lower | (upper << 4)) - 32);
        }
      }
    }
  }
  return out;
}
