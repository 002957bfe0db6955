import type { Gpu } from '../../gpu/gpu';
import { untunable } from '../../kernels/matmul/kept-tuning';
import { messageOf } from '../../lib/errors';
import { measureTiles, type MeasureTilesOptions } from '../../training/measure-tiles';
import { openGpu } from './gpu';
import { progress } from './output';
import { keepTuning } from './tuning-store';

/**
 * Tunes a GPU that has no tuning, about three seconds, and keeps the result for all later commands. Where it cannot be
 * kept, that is said, and it is used this once.
 */
export async function tuneOnce(
  gpu: Gpu,
  {
    keep = keepTuning,
    notice = progress,
    ...options
  }: MeasureTilesOptions & { keep?: typeof keepTuning; notice?: (line: string) => void } = {},
): Promise<void> {
  if (gpu.tuning !== null || untunable(gpu.adapter) !== null) return;
  notice('timing the tiles of products on this GPU, which is done once and takes about three seconds');
  gpu.tuning = await measureTiles(gpu, options);
  if (gpu.tuning === null) return;
  try {
    keep(gpu.adapter, gpu.tuning);
  } catch (error) {
    notice(messageOf(error));
  }
}

/** Opens the device that a model is trained on, tuned. @throws InputError where the machine has none. */
export async function openTunedGpu(): Promise<Gpu> {
  const gpu = await openGpu();
  await tuneOnce(gpu);
  return gpu;
}
