import { GpuOutOfMemoryError } from './errors';
import type { Gpu, Owned } from './gpu';

const PIECE = 2 ** 26;

/**
 * Estimates how many of `bytes` bytes the device grants now: buffers are made one after the other until one is refused,
 * and freed again. What is granted may still fail once it is written to, and other programs may take it meanwhile.
 * @param most bytes of one buffer, which is the precision of the estimate.
 */
export async function grantedBytes(gpu: Gpu, bytes: number, most = PIECE): Promise<number> {
  const piece = Math.min(most, gpu.device.limits.maxBufferSize);
  const made: Owned[] = [];
  let granted = 0;
  try {
    while (granted < bytes) {
      const size = Math.min(piece, bytes - granted);
      await gpu.guarded('probe', () => made.push(gpu.buffer('probe', size)));
      granted += size;
    }
    return bytes;
  } catch (error) {
    if (!(error instanceof GpuOutOfMemoryError)) throw error;
    return granted;
  } finally {
    gpu.free(...made);
  }
}

/** The same, to a part in 64 of `bytes`. */
export const grantedFinely = (gpu: Gpu, bytes: number): Promise<number> =>
  grantedBytes(gpu, bytes, Math.min(PIECE, Math.max(2 ** 16, Math.ceil(bytes / 64))));
