import type { Dtype } from '../kernels/weights/weights';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from '../lib/half';

export const bytesOf = (dtype: Dtype): number => (dtype === 'f32' ? 4 : 2);

/** Elements on the CPU: floats, or halves as bit patterns. */
export type Elements = Float32Array | { dtype: 'f16' | 'bf16'; bits: Uint16Array };

export const lengthOf = (values: Elements): number => (values instanceof Float32Array ? values : values.bits).length;

/** Exact. */
export function widened(values: Elements): Float32Array {
  if (values instanceof Float32Array) return values;
  return values.dtype === 'f16' ? float16ToFloat32(values.bits) : bfloat16ToFloat32(values.bits);
}

/** Elements as they lie on the GPU. Halves of the same dtype pass as they are; what is wider is rounded to nearest even. */
export function encoded(values: Elements, dtype: Dtype): Float32Array | Uint16Array {
  if (dtype === 'f32') return widened(values);
  if (!(values instanceof Float32Array) && values.dtype === dtype) return values.bits;
  return dtype === 'f16' ? float32ToFloat16(widened(values)) : float32ToBfloat16(widened(values));
}

/** The inverse of `encoded` for bytes read back. */
export function decoded(bytes: ArrayBuffer, dtype: Dtype): Float32Array {
  if (dtype === 'f32') return new Float32Array(bytes);
  return widened({ dtype, bits: new Uint16Array(bytes) });
}
