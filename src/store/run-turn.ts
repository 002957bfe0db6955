import type { RunResult } from '../host/browser/api';
import type { ErrorData } from '../lib/errors';
import { isElsewhere, type Ran, type ShownRun } from './run';

/** A new status of the run on the page, with what belongs to it. */
export type Turn =
  | { status: 'preparing' }
  | { status: 'running' }
  | { status: 'paused' }
  | { status: 'stopped' }
  | { status: 'finished'; result: RunResult | null }
  | { status: 'failed'; error: ErrorData }
  | { status: 'interrupted'; error: ErrorData | null };

/**
 * The run after a change of status: it keeps what every status has, and nothing of the old one.
 * @param now a clock in milliseconds @param spent the worker's own measure of the time spent, where it sent one, which
 * is then used
 */
export function turned(
  before: Exclude<ShownRun, { status: 'ready' }>,
  turn: Turn,
  now: number,
  spent?: number,
): ShownRun {
  const { name, session, ancestors, askedFor, plan, numerics, claim, noRoom } = before;
  const since = before.status === 'running' ? now - before.runningSince : 0;
  const spentMs = spent ?? before.spentMs + since;
  const ran: Ran = { name, session, ancestors, askedFor, plan, numerics, claim, noRoom, spentMs };
  const elsewhere = isElsewhere(before);
  switch (turn.status) {
    case 'preparing':
      return { ...ran, ...turn, elsewhere, reading: before.status === 'preparing' ? before.reading : null };
    case 'running':
      return { ...ran, ...turn, elsewhere, runningSince: now };
    case 'paused':
      return { ...ran, ...turn, elsewhere };
    default:
      return { ...ran, ...turn };
  }
}
