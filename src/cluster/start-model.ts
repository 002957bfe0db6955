import type { Session } from '../config/session';
import type { StepMetrics } from '../records/records';
import type { RunObserver, RunState } from '../training/session-run';
import { SILENT } from '../training/silent';
import { stepsBefore, type StartModel } from './hand-over';

/** A session in training, as far as this needs it. */
interface Trained {
  readonly step: number;
  /** Runs at most `limit` steps. */
  advance(limit: number): Promise<unknown>;
  checkpoint(): Promise<RunState>;
}

/**
 * Trains the stage before a hand-over: all of stage 0.
 * @param train begins the session; its caller releases what it made.
 * @param atOnce number of steps after which a host handles other calls.
 */
export async function trainedStart(
  session: Session,
  train: (observer: RunObserver) => Trained,
  atOnce = Infinity,
): Promise<StartModel> {
  const until = stepsBefore(session);
  const metrics: StepMetrics[] = [];
  const training = train({ ...SILENT, metrics: (steps) => void metrics.push(...steps) });
  while (training.step < until) await training.advance(Math.min(atOnce, until - training.step));
  const { weights } = await training.checkpoint();
  return { weights, step: until, metrics };
}
