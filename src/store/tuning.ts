import { create } from 'zustand';
import type { TuningProgress, TuningReport } from '../host/browser/api';
import { CancelledError, messageOf } from '../lib/errors';
import type { Tuning } from '../records/tuning';
import { IDLE, latest, withoutError, type Asked } from './asked';
import { lab } from './lab';
import { usePreferences } from './preferences';
import { isLive, useRun } from './run';
import { readRuns } from './run-list';
import { sayUndo, useToasts } from './toasts';

interface TuningState {
  asked: Asked<TuningReport>;
  /** How far a measurement is; null while there is none. */
  progress: TuningProgress | null;
  closeError: () => void;
}

/** Which tiles of products are the fastest on this device, as it was measured and is kept. */
export const useTuning = create<TuningState>()((set) => ({
  asked: IDLE,
  progress: null,
  closeError: () => set(({ asked }) => ({ asked: withoutError(asked) })),
}));

const reports = latest<TuningReport>(
  () => useTuning.getState().asked,
  (asked) => useTuning.setState({ asked }),
);

/** Reads what is kept, unless it is being measured now. */
export async function askTuning(): Promise<void> {
  if (useTuning.getState().progress === null) await reports.ask(() => lab.ask((client) => client.device.tuned()));
}

/** Milliseconds after which a page that nobody has told anything counts as left alone: its kernels are compiled by then. */
const QUIET_MS = 5000;

/**
 * Tunes a GPU that has no tuning, once the page was left alone for a while. A run that starts meanwhile cancels it; what
 * was forgotten on purpose, or is not used for a reason that the Device view tells, is left to the user.
 */
export async function tuneUnasked(quietMs = QUIET_MS): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const isAlone = (): boolean =>
    useTuning.getState().progress === null && !isLive(useRun.getState().status) && !document.hidden;
  if (!isAlone() || !usePreferences.getState().tunesUnasked) return;
  // Not by the state of the page, where a view may be asking at the same time.
  const report = await lab.ask((client) => client.device.tuned()).catch(() => null);
  if (!report || report.untunable !== null || report.tuning || report.notice !== null) return;
  if (isAlone()) await tuneDevice();
}

/** Times the tiles and keeps the result, from which the kernels of the session in the panel are compiled anew. */
export async function tuneDevice(): Promise<void> {
  if (useTuning.getState().progress !== null) return;
  usePreferences.getState().change({ tunesUnasked: true });
  useTuning.setState({ progress: { done: 0, of: 1 } });
  await reports.ask(async () => {
    let isGoing = true;
    try {
      const report = await lab.ask((client) =>
        client.device.tune((progress) => {
          // It comes by another port than the answer, and may come after it.
          if (isGoing) useTuning.setState({ progress });
        }),
      );
      if (!report) throw new CancelledError('cancelled');
      lab.askCost();
      return report;
    } finally {
      isGoing = false;
      useTuning.setState({ progress: null });
    }
  });
  await readRuns();
}

/** Cancels a measurement; what was kept before stays. */
export const cancelTuning = (): Promise<void> => lab.ask((client) => client.device.cancelTune());

/** Forgets what is kept, with an undo where it can be used. */
export async function forgetTuning(tuning: Tuning | null): Promise<void> {
  usePreferences.getState().change({ tunesUnasked: false });
  if (!(await changed(() => lab.ask((client) => client.device.forgetTuning())))) return;
  if (tuning) sayUndo('The tuning of this GPU was forgotten.', () => void keepAgain(tuning));
}

const keepAgain = (tuning: Tuning): Promise<boolean> =>
  changed(() => lab.ask((client) => client.device.keepTuning(tuning)));

/** Changes what is kept and reads it again. @returns whether that worked; where not, the page says why. */
async function changed(change: () => Promise<void>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    useToasts.getState().say(`That did not work: ${messageOf(error)}.`);
    return false;
  } finally {
    await Promise.all([askTuning(), readRuns()]);
  }
}
