/**
 * What the products of linear layers are computed in: with f16 both factors of each are rounded to halves first. What they
 * are read from (the weights), their sums and everything else are f32 in both.
 */
export const COMPUTE = ['f32', 'f16'] as const;
export type Compute = (typeof COMPUTE)[number];

/** What a session's products are computed in: `model.fp16`. */
export const computeOf = ({ model }: { readonly model: { readonly fp16: boolean } }): Compute =>
  model.fp16 ? 'f16' : 'f32';
