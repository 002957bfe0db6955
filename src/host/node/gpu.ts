import { Gpu } from '../../gpu/gpu';
import { GpuUnavailableError } from '../../gpu/errors';
import { InputError } from '../../lib/errors';
import { requestNodeAdapter } from './device';
import { pollSeldom } from './poll-seldom';
import { keptTuning } from './tuning-store';

/** Opens the device that commands compute on. @throws InputError where the machine has none. */
export async function openGpu(): Promise<Gpu> {
  try {
    const gpu = await Gpu.create(await requestNodeAdapter());
    gpu.whileWaiting = pollSeldom();
    gpu.tuning = keptTuning(gpu.adapter);
    return gpu;
  } catch (error) {
    if (error instanceof GpuUnavailableError) {
      throw new InputError(
        `${error.message} Expected a Vulkan, Metal or D3D12 driver; \`npm run setup\` installs a software one.`,
      );
    }
    throw error;
  }
}
