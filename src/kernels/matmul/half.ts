import type { Compute } from '../../config/compute';

/** The constant that chooses what a product's factors are rounded to (`shaders/lib/half.wgsl`). */
export const factorConstants = (compute: Compute = 'f32'): { HALF: number } => ({ HALF: compute === 'f16' ? 1 : 0 });

/** Bytes of a factor in workgroup memory. */
export const factorBytes = (compute: Compute = 'f32'): number => (compute === 'f16' ? 2 : 4);
