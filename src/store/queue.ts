import * as v from 'valibot';
import { withValue } from '../config/edit-session';
import { parseSession } from '../config/parse-session';
import type { Session } from '../config/session';
import type { StoredRun } from '../host/browser/api';
import { lab } from './lab';
import { useRun } from './run';
import { goOnWith } from './run-list';
import { useRuns, type Queue } from './runs';
import { useSession } from './session';
import { useToasts } from './toasts';

// The queue of runs of one session with several seeds, which run one after the other.

const MOST_SEED = 0xffff_ffff;

interface Waiting {
  group: string;
  /** Number of runs in the group once all have run. */
  size: number;
  /** The session that the user started. */
  session: Session;
  /** The session that runs now, and those after it. */
  sessions: Session[];
}

let waiting: Waiting | null = null;
let leave: () => void = () => undefined;

/** The key under which the page stores what waits, for after a reload. */
const KEY = 'search-r3-lab-queue';

function remember(): void {
  try {
    if (waiting === null) localStorage.removeItem(KEY);
    else {
      const { group, size, session, sessions } = waiting;
      localStorage.setItem(KEY, JSON.stringify({ group, size, session, seeds: sessions.map(({ seed }) => seed) }));
    }
  } catch {
    // A browser that keeps nothing: then the list of runs says which seeds are missing.
  }
}

/** Reads the runs that waited when the page was left. Called once by the page. */
export function readQueue(): void {
  let kept: Queue | null = null;
  try {
    const { group, size, session, seeds } = v.parse(queueSchema, JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    kept = { group, size, session: parseSession(session), seeds };
  } catch {
    // Nothing that waited, or nothing that this version can read.
  }
  useRuns.setState({ leftOver: kept });
}

const seed = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MOST_SEED));
const queueSchema = v.strictObject({
  group: v.string(),
  size: v.pipe(v.number(), v.safeInteger()),
  session: v.unknown(),
  seeds: v.array(seed),
});

/**
 * Continues with the runs that waited when the page was left.
 * @param run the one of them that was interrupted, which comes first.
 */
export function continueQueue({ group, size, session, seeds }: Queue, run: StoredRun | null): void {
  if (run === null) {
    runRest(session, seeds, group, size);
    return;
  }
  wait({ group, size, session, sessions: seeds.map((next) => withValue(session, 'seed', next)) });
  void goOnWith(run);
  // The session that the user started stays in the panel, whichever seed is on the page.
  useSession.getState().replace(session);
  lab.askedFor(session);
}

/** Gives up the runs that waited when the page was left. */
export const dropLeftOver = (): void => clearQueue();

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
  wait({ group, size, session, sessions: seeds.map((next) => withValue(session, 'seed', next)) });
  next();
}

function wait(queue: Waiting): void {
  clearQueue();
  waiting = queue;
  useRuns.setState({ queued: queue.sessions.length });
  remember();
  leave = useRun.subscribe((state, before) => {
    if (state.status === before.status) return;
    if (state.status === 'finished') next();
    else if (state.status === 'stopped' || state.status === 'failed') dropRest();
  });
}

/** Empties the queue; the run that is running continues. */
export function clearQueue(): void {
  leave();
  waiting = null;
  useRuns.setState({ queued: 0, leftOver: null });
  remember();
}

function next(): void {
  const session = waiting?.sessions.shift();
  if (!waiting || !session) {
    clearQueue();
    return;
  }
  useRuns.setState({ queued: waiting.sessions.length });
  remember();
  void lab.run(session, [], { group: waiting.group, groupSize: waiting.size });
  lab.askedFor(waiting.session);
}

function dropRest(): void {
  const count = waiting?.sessions.length ?? 0;
  clearQueue();
  if (count > 0)
    useToasts
      .getState()
      .say(`The ${count === 1 ? 'other run' : `other ${count} runs`} of this session will not start.`);
}
