import type { Gpu } from '../../gpu/gpu';

/**
 * Whether the shaders apply in which the four lanes of a quad load for each other. On a CPU adapter they are up to three
 * times faster than those that share through workgroup memory (docs/decisions/software-adapters.md); hardware has caches
 * and coalescing for that.
 */
export const usesQuads = (gpu: Gpu): boolean => gpu.adapter.software && gpu.device.features.has('subgroups');
