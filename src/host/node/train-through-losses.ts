import { DeviceLostError } from '../../gpu/errors';
import type { Gpu } from '../../gpu/gpu';
import { InputError, messageOf } from '../../lib/errors';
import { progress } from './output';
import { trainRun, type TrainOptions, type Trained } from './train-run';

/** Number of device losses in a row, each before the run kept another state, after which it gives up. */
const MOST_LOSSES = 3;

/**
 * Trains like `trainRun`, on a device that may be lost (a driver that crashed, a machine that slept): the run then
 * continues from its last state on a new one, with the same bits.
 * @param open opens a device; each is destroyed in the end.
 * @throws InputError where the device is lost three times in a row.
 */
export async function trainThroughLosses(open: () => Promise<Gpu>, options: TrainOptions): Promise<Trained> {
  let { state } = options;
  for (let losses = 0; ;) {
    const gpu = await open();
    try {
      return await trainRun(gpu, { ...options, state });
    } catch (error) {
      // What a lost device refuses fails in words of its own.
      const isLost = error instanceof DeviceLostError || (!(error instanceof InputError) && (await gpu.isLost()));
      if (!isLost) throw error;
      const kept = options.folder.state();
      losses = (kept?.step ?? 0) > (state?.step ?? 0) ? 1 : losses + 1;
      state = kept;
      const from = `step ${state?.step ?? 0}`;
      const said = messageOf(error);
      if (losses === MOST_LOSSES) {
        throw new InputError(
          `${options.folder.path}: the GPU was lost ${MOST_LOSSES} times in a row after ${from}, expected it to stay (${said}); --resume goes on from there`,
          'device-lost',
        );
      }
      progress(`the GPU was lost (${said}): the run goes on from ${from}`);
    } finally {
      gpu.destroy();
    }
  }
}
