import { create } from 'zustand';
import type { Ancestors } from '../config/ancestors';
import type { RunPlan, RunResult, RunStatus, RunSummary, SessionCost } from '../host/browser/api';
import type { Session } from '../config/session';
import type { ErrorData } from '../lib/errors';
import type { ReadingPart } from '../view/sentence';
import type { Asked } from './asked';

export type PageStatus = 'ready' | RunStatus;

/** What a run on the page has in every status. Its metrics are in `streams`. */
export interface Ran {
  /** The run's name in the worker; null before it has begun. */
  name: string | null;
  /** The session that is running; editing the panel does not change it. */
  session: Session;
  /** The ancestors of a fork, the oldest first; empty for a run that is no fork. */
  ancestors: Ancestors;
  /** The session that the user started: this run's, or the one whose seeds are run. */
  askedFor: Session;
  /** The run's plan; null before it has begun. */
  plan: RunPlan | null;
  /** See `config/numerics.ts`: this version's, or that of the kept run on the page. */
  numerics: number;
  /** The claim of the link that the run came from; null where there is none. */
  claim: RunSummary['claim'];
  /** Time spent running, pauses left out; while it runs, up to `runningSince`. */
  spentMs: number;
  /** The sentence on what a full disk means for this run; null while there is room. */
  noRoom: string | null;
}

/** A run that is not finished; where another tab runs it (`elsewhere`) it is only shown here. */
interface Live extends Ran {
  elsewhere: boolean;
}

/** The run on the page: its status, with what belongs to that status. */
export type ShownRun =
  /** No run is on the page. */
  | { status: 'ready' }
  | (Live & { status: 'preparing'; reading: ReadingPart | null })
  /** `runningSince`: the clock at which it last began to run. */
  | (Live & { status: 'running'; runningSince: number })
  | (Live & { status: 'paused' })
  /** `result`: null where the kept run does not hold one. */
  | (Ran & { status: 'finished'; result: RunResult | null })
  | (Ran & { status: 'stopped' })
  | (Ran & { status: 'failed'; error: ErrorData })
  /** `error`: the reason, where the worker sent one. */
  | (Ran & { status: 'interrupted'; error: ErrorData | null });

export const useRun = create<ShownRun>()(() => ({ status: 'ready' }));

/** The run on the page; null where there is none. */
export const ranOf = (state: ShownRun): Ran | null => (state.status === 'ready' ? null : state);

/**
 * Selects a part of the run on the page, which must be an existing object: a new one at each call would render without
 * end. Null where there is no run.
 */
export function useRan<T>(select: (ran: Ran) => T): T | null {
  return useRun((state) => (state.status === 'ready' ? null : select(state)));
}

/** The name of the run on the page in the worker; null where there is none, or before it has begun. */
export const nameOnPage = (state: ShownRun = useRun.getState()): string | null => ranOf(state)?.name ?? null;

/** Whether a command was given that is not answered yet. */
export const useBusy = create<{ busy: boolean }>()(() => ({ busy: false }));

export const isLive = (status: PageStatus): status is 'preparing' | 'running' | 'paused' =>
  status === 'preparing' || status === 'running' || status === 'paused';

/** Whether another tab runs the run on the page. */
export const isElsewhere = (state: ShownRun): boolean => 'elsewhere' in state && state.elsewhere;

/** The cost of the session in the panel. */
export const useCost = create<Asked<SessionCost>>()(() => ({ state: 'asking', last: null }));
