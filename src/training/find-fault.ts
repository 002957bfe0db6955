import type { Gpu } from '../gpu/gpu';
import { FiniteWatch, type Written } from '../kernels/finite/finite';
import { DivergedError, type Fault } from './diverged';
import type { RunObserver, RunState, SessionRun } from './session-run';
import { SILENT } from './silent';

export interface FaultSearch {
  /** Makes the run a second time. */
  make: (observer: RunObserver) => SessionRun;
  /** The last good state; null for a run that kept none yet. */
  state: RunState | null;
  /** The step at which the fault was noticed. */
  step: number;
  isCancelled: () => boolean;
}

/**
 * Finds the kernel that first wrote a number that is not finite: runs the steps since the last good state again, on the
 * same adapter and so with the same bits, and checks everything that every kernel writes. Values that are not finite in
 * steps that went well (a buffer's unused rest) are ignored.
 * @returns null where the fault did not happen again, or the search was cancelled.
 */
export async function findFault(gpu: Gpu, { make, state, step, isCancelled }: FaultSearch): Promise<Fault | null> {
  const watch = new FiniteWatch(gpu);
  gpu.watch = watch;
  const run = make(SILENT);
  const usual = new Set<string>();
  try {
    await run.load();
    if (state) await run.restore(state);
    while (run.step < step && !isCancelled()) {
      watch.clear();
      const isOver = await diverges(() => run.advance(1));
      const found = await watch.read();
      const first = found.find((written) => !usual.has(keyOf(written)));
      // An update may spoil the weights after its step's loss was measured: the step before counts too.
      if (first && (isOver || run.step >= step - 1)) return { ...first, step: run.step };
      if (isOver) return null;
      for (const written of found) usual.add(keyOf(written));
    }
    return null;
  } finally {
    gpu.watch = null;
    run.destroy();
    watch.destroy();
  }
}

const keyOf = ({ kernel, binding, tensor }: Written): string => `${kernel} ${binding} ${tensor}`;

async function diverges(body: () => Promise<unknown>): Promise<boolean> {
  try {
    await body();
    return false;
  } catch (error) {
    if (error instanceof DivergedError) return true;
    throw error;
  }
}
