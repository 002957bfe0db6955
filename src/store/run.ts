import { create } from 'zustand';
import type { Ancestors } from '../config/ancestors';
import type { RunPlan, RunResult, RunStatus, RunSummary, SessionCost } from '../host/browser/api';
import type { Session } from '../config/session';
import type { ErrorData } from '../lib/errors';
import type { ReadingPart } from '../view/sentence';
import type { Asked } from './asked';

export type PageStatus = 'ready' | RunStatus;

/** What a run on the page has, however it stands. Its metrics are in `streams`. */
export interface Ran {
  /** What the worker calls it; null before it has begun. */
  name: string | null;
  /** The session that is running, which editing does not touch. */
  session: Session;
  /** What it is a fork of, the oldest first; empty for one that started by itself. */
  ancestors: Ancestors;
  /** The session it was started for: its own, or the one of several seeds. */
  askedFor: Session;
  /** Null before it has begun. */
  plan: RunPlan | null;
  /** See `config/numerics.ts`: this version's, or that of the kept run on the page. */
  numerics: number;
  /** What the link that it came from says came out; null where none said. */
  claim: RunSummary['claim'];
  /** Time spent running, pauses left out; while it runs, up to `runningSince`. */
  spentMs: number;
  /** What storage that ran out means for this run; null while there is room. */
  noRoom: string | null;
}

/** Another tab may run it (`elsewhere`): here it is only shown. */
interface Live extends Ran {
  elsewhere: boolean;
}

/** The run on the page: choices and summaries, each where it has a meaning. */
export type ShownRun =
  /** There is none. */
  | { status: 'ready' }
  | (Live & { status: 'preparing'; reading: ReadingPart | null })
  /** `runningSince`: the clock at which it last began to run. */
  | (Live & { status: 'running'; runningSince: number })
  | (Live & { status: 'paused' })
  /** `result`: null where the kept run does not hold it. */
  | (Ran & { status: 'finished'; result: RunResult | null })
  | (Ran & { status: 'stopped' })
  | (Ran & { status: 'failed'; error: ErrorData })
  /** `error`: why, where the worker said. */
  | (Ran & { status: 'interrupted'; error: ErrorData | null });

export const useRun = create<ShownRun>()(() => ({ status: 'ready' }));

/** The run on the page; null where there is none. */
export const ranOf = (state: ShownRun): Ran | null => (state.status === 'ready' ? null : state);

/** Something of the run on the page, as it is there: what is made again at each look never settles. Null where there is none. */
export function useRan<T>(select: (ran: Ran) => T): T | null {
  return useRun((state) => (state.status === 'ready' ? null : select(state)));
}

/** What the worker calls the run on the page; null where there is none, or before it has begun. */
export const nameOnPage = (state: ShownRun = useRun.getState()): string | null => ranOf(state)?.name ?? null;

/** A command was given and has not been answered. */
export const useBusy = create<{ busy: boolean }>()(() => ({ busy: false }));

export const isLive = (status: PageStatus): status is 'preparing' | 'running' | 'paused' =>
  status === 'preparing' || status === 'running' || status === 'paused';

/** Whether another tab runs it. */
export const isElsewhere = (state: ShownRun): boolean => 'elsewhere' in state && state.elsewhere;

/** What the session in the panel takes. */
export const useCost = create<Asked<SessionCost>>()(() => ({ state: 'asking', last: null }));
