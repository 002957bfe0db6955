import type { KernelProfile, StageProfile } from '../records/profile';

/**
 * A kernel's line of a profile: rates are of its own time; null where the adapter does not measure it, or the kernel
 * has no such work.
 */
export interface KernelLine {
  kernel: string;
  dispatches: number;
  milliseconds: number | null;
  /** Its share of the time of all kernels. */
  share: number | null;
  gflops: number | null;
  gigabytes: number | null;
}

/** Number of kernels that are listed by name; the rest are one line. */
const LISTED = 12;

export function kernelLines({ kernels }: StageProfile): KernelLine[] {
  const total = kernels.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0);
  const line = ({ kernel, dispatches, flops, bytes, milliseconds }: KernelProfile): KernelLine => {
    const rate = (amount: number): number | null => (milliseconds && amount ? amount / milliseconds / 1e6 : null);
    const share = milliseconds === null || total === 0 ? null : milliseconds / total;
    return { kernel, dispatches, milliseconds, share, gflops: rate(flops), gigabytes: rate(bytes) };
  };
  const rest = kernels.slice(LISTED);
  if (rest.length === 0) return kernels.map(line);
  const sum = (of: (kernel: KernelProfile) => number): number => rest.reduce((all, kernel) => all + of(kernel), 0);
  const others: KernelProfile = {
    kernel: `${rest.length} others`,
    dispatches: sum(({ dispatches }) => dispatches),
    flops: sum(({ flops }) => flops),
    bytes: sum(({ bytes }) => bytes),
    milliseconds: rest.some(({ milliseconds }) => milliseconds === null)
      ? null
      : sum(({ milliseconds }) => milliseconds ?? 0),
  };
  return [...kernels.slice(0, LISTED), others].map(line);
}

/** The owners of most memory, and the rest as one line. */
export function memoryLines({ memory }: StageProfile, listed = 8): StageProfile['memory'] {
  const rest = memory.slice(listed);
  if (rest.length === 0) return memory;
  return [
    ...memory.slice(0, listed),
    { owner: `${rest.length} others`, bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0) },
  ];
}
