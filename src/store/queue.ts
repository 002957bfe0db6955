import { withValue } from '../config/edit-session';
import type { Session } from '../config/session';
import { lab } from './lab';
import { useRun } from './run';
import { useRuns } from './runs';
import { useToasts } from './toasts';

const MOST_SEED = 0xffff_ffff;

interface Waiting {
  group: string;
  /** How many runs it has once all have run. */
  size: number;
  /** What was asked for. */
  session: Session;
  /** What runs now, and what comes after it. */
  sessions: Session[];
}

let waiting: Waiting | null = null;
let leave: () => void = () => undefined;

/** Runs a session with its seed and the ones after it, one run after the other. */
export function runSeeds(session: Session, count: number): void {
  const seeds = Array.from({ length: count }, (_, at) => {
    const seed = session.seed + at;
    return seed > MOST_SEED ? seed - MOST_SEED - 1 : seed;
  });
  runRest(session, seeds, crypto.randomUUID(), count);
}

/** Runs a session with some seeds, as part of a group of `size` that share `group`. */
export function runRest(session: Session, seeds: readonly number[], group: string, size: number): void {
  clearQueue();
  waiting = { group, size, session, sessions: seeds.map((seed) => withValue(session, 'seed', seed)) };
  leave = useRun.subscribe((state, before) => {
    if (state.status === before.status) return;
    if (state.status === 'finished') next();
    else if (state.status === 'stopped' || state.status === 'failed') dropRest();
  });
  next();
}

/** What waits is given up; the run that goes on goes on. */
export function clearQueue(): void {
  leave();
  waiting = null;
  useRuns.setState({ queued: 0 });
}

function next(): void {
  const session = waiting?.sessions.shift();
  if (!waiting || !session) {
    clearQueue();
    return;
  }
  useRuns.setState({ queued: waiting.sessions.length });
  void lab.run(session, [], { group: waiting.group, groupSize: waiting.size });
  useRun.setState({ askedFor: waiting.session });
}

function dropRest(): void {
  const count = waiting?.sessions.length ?? 0;
  clearQueue();
  if (count > 0)
    useToasts
      .getState()
      .say(`The ${count === 1 ? 'other run' : `other ${count} runs`} of this session will not start.`);
}
