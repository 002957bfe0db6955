/** How weights lie in memory: a float a word, or two halves a word, the earlier in the lower bits. */
export type Dtype = 'f32' | 'f16' | 'bf16';

/** The constant that chooses how a shader reads them (`shaders/lib/weights.wgsl`). */
export const weightConstant = (dtype: Dtype): number => ({ f32: 0, f16: 1, bf16: 2 })[dtype];

/**
 * Which rows of a weight a binding holds, where no binding holds all of them: `rows` rows from `row` on. The shape beside it
 * always is the whole weight's.
 */
export interface RowBlock {
  row: number;
  rows: number;
}
