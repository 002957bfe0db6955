import { GpuOutOfMemoryError } from '../../gpu/errors';
import { grantedFinely } from '../../gpu/granted';
import type { Gpu } from '../../gpu/gpu';
import { codeOf, InputError, messageOf } from '../../lib/errors';
import { linkOf } from '../../session/fingerprint';
import { sessionCost } from '../../training/cost';
import { withMoreParts } from '../../training/out-of-memory';
import { progress } from './output';
import type { RunFolder } from './run-folder';
import type { TrainOptions, Trained } from './train-run';
import { trainThroughLosses } from './train-through-losses';

/**
 * Trains like `trainThroughLosses`, on a device that may have no memory for the run's steps: the run then continues
 * from its last state in more micro-batches, which its folder's session and ancestors record.
 * @param options the run is its folder's.
 * @throws InputError where the device has no memory for one sequence at a time either; it says what would fit.
 */
export async function trainWhatFits(
  open: () => Promise<Gpu>,
  options: Omit<TrainOptions, 'session' | 'ancestors'>,
): Promise<Trained> {
  let { folder, state } = options;
  for (;;) {
    const { session, ancestors } = folder;
    try {
      return await trainThroughLosses(open, { ...options, session, ancestors, folder, state });
    } catch (error) {
      if (!(error instanceof GpuOutOfMemoryError)) throw error;
      state = folder.state();
      folder = await answered(open, error, { ...options, folder, state });
    }
  }
}

/** The folder for the run in more micro-batches. @throws InputError where nothing fits */
async function answered(
  open: () => Promise<Gpu>,
  seen: GpuOutOfMemoryError,
  { folder, state, data, base = null }: Omit<TrainOptions, 'session' | 'ancestors'>,
): Promise<RunFolder> {
  const granted = async (bytes: number): Promise<number> => {
    const gpu = await open();
    try {
      return await grantedFinely(gpu, bytes);
    } finally {
      gpu.destroy();
    }
  };
  try {
    const { run, parts } = await withMoreParts({
      run: folder,
      state: state && { step: state.step, link: linkOf(state) },
      cost: async (session) => (await sessionCost(session, data, base)).gpuBytes,
      granted,
    });
    progress(
      `the GPU has no room for a step (${seen.message}): the run goes on from step ${state?.step ?? 0} in ${parts} micro-batches, with other last bits from there on`,
    );
    return folder.as(run);
  } catch (error) {
    if (codeOf(error) !== 'out-of-memory') throw error;
    throw new InputError(`${folder.path}: ${messageOf(error)}`, 'out-of-memory');
  }
}
