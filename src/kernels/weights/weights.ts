/** 32 weights with a scale of their own, as GGUF lays them: q8_0, q4_0 around zero, q4_1 above a least value. */
export const PACKED_DTYPES = ['q8_0', 'q4_0', 'q4_1'] as const;
export type PackedDtype = (typeof PACKED_DTYPES)[number];

/**
 * How weights are stored: a float a word; two halves a word, the earlier in the lower bits; or GGUF's blocks of 32, one
 * after the other, whole blocks a row.
 */
export type Dtype = 'f32' | 'f16' | 'bf16' | PackedDtype;

/** Weights in a block of a packed dtype. */
export const BLOCK_WEIGHTS = 32;

/** Bytes of 32 weights. */
const BYTES: Readonly<Record<Dtype, number>> = { f32: 128, f16: 64, bf16: 64, q8_0: 34, q4_0: 18, q4_1: 20 };

/** Bytes of `count` weights: of a packed dtype whole blocks. */
export const bytesOf = (dtype: Dtype, count: number): number => (BYTES[dtype] * count) / BLOCK_WEIGHTS;

export const isPacked = (dtype: Dtype): dtype is PackedDtype => PACKED_DTYPES.some((packed) => packed === dtype);

const CONSTANTS: Readonly<Record<Dtype, number>> = { f32: 0, f16: 1, bf16: 2, q8_0: 3, q4_0: 4, q4_1: 5 };

/** The constants that choose how a shader reads them (`shaders/lib/weights.wgsl`). */
export const weightConstants = (dtype: Dtype = 'f32'): { WEIGHTS: number; BLOCK_BYTES: number } => ({
  WEIGHTS: CONSTANTS[dtype],
  BLOCK_BYTES: BYTES[dtype],
});

/**
 * Which rows of a weight a binding holds, where no binding holds all of them: `rows` rows from `row` on. The shape beside it
 * always is the whole weight's.
 */
export interface RowBlock {
  row: number;
  rows: number;
}
