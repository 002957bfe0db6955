import { unpacked } from '../kernels/weights/unpack';
import { BLOCK_WEIGHTS, bytesOf, isPacked, type Dtype, type PackedDtype } from '../kernels/weights/weights';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from '../lib/half';

export type { Dtype } from '../kernels/weights/weights';

/**
 * Elements on the CPU: floats, halves as bit patterns, or GGUF's blocks of 32 elements (34, 18 and 20 bytes), row after row;
 * a row is a whole number of blocks.
 */
export type Elements =
  Float32Array | { dtype: 'f16' | 'bf16'; bits: Uint16Array } | { dtype: PackedDtype; bytes: Uint8Array };

export const dtypeOf = (values: Elements): Dtype => (values instanceof Float32Array ? 'f32' : values.dtype);

export function lengthOf(values: Elements): number {
  if (values instanceof Float32Array) return values.length;
  if ('bits' in values) return values.bits.length;
  return (values.bytes.length / bytesOf(values.dtype, BLOCK_WEIGHTS)) * BLOCK_WEIGHTS;
}

/** Converts weights to f32: halves exactly, blocks as ggml computes them. */
export function widened(values: Elements): Float32Array {
  if (values instanceof Float32Array) return values;
  if ('bytes' in values) return unpacked(values.bytes, values.dtype);
  return values.dtype === 'f16' ? float16ToFloat32(values.bits) : bfloat16ToFloat32(values.bits);
}

/**
 * Elements as they lie on the GPU. Those of the same dtype pass as they are; what is wider is rounded to nearest even.
 * @throws Error for a packed dtype and elements that are not of it: nothing is quantised here.
 */
export function encoded(values: Elements, dtype: Dtype): Float32Array | Uint16Array | Uint8Array {
  if (dtype === 'f32') return widened(values);
  if (!(values instanceof Float32Array) && values.dtype === dtype) return 'bits' in values ? values.bits : values.bytes;
  if (isPacked(dtype)) throw new Error(`elements are ${dtypeOf(values)}, expected ${dtype}`);
  return dtype === 'f16' ? float32ToFloat16(widened(values)) : float32ToBfloat16(widened(values));
}

/** The inverse of `encoded` for bytes read back. */
export function decoded(bytes: ArrayBuffer, dtype: Dtype): Float32Array {
  if (dtype === 'f32') return new Float32Array(bytes);
  return widened(isPacked(dtype) ? { dtype, bytes: new Uint8Array(bytes) } : { dtype, bits: new Uint16Array(bytes) });
}
