import { create } from 'zustand';
import type { Ancestors } from '../config/ancestors';
import type { RunPlan, RunStatus, RunSummary, SessionCost, VocabularyProgress } from '../host/browser/api';
import { NUMERICS } from '../config/numerics';
import type { Session } from '../config/session';
import type { ErrorData } from '../lib/errors';
import type { Evaluation } from '../records/records';
import type { Asked } from './asked';

export type PageStatus = 'ready' | RunStatus;

/** The run on the page: choices and summaries. Its metrics are in `streams`. */
export interface RunState {
  /** What the worker calls it; null before it has begun. */
  name: string | null;
  status: PageStatus;
  /** Why it is so, where the worker said. */
  error: ErrorData | null;
  /** The session that is running, which editing does not touch. */
  session: Session | null;
  /** What it is a fork of, the oldest first; empty for one that started by itself. */
  ancestors: Ancestors;
  /** The session it was started for, where that is another: one run of several seeds. */
  askedFor: Session | null;
  plan: RunPlan | null;
  /** How far its vocabulary is, while one is learnt. */
  learning: VocabularyProgress | null;
  /** How far its base model is read, while one is. */
  loading: { done: number; of: number } | null;
  evaluation: Evaluation | null;
  fingerprint: string | null;
  /** See `config/numerics.ts`: this version's, or that of the kept run on the page. */
  numerics: number;
  /** What the link that it came from says came out. */
  claim: RunSummary['claim'];
  /** Time spent running, pauses left out, up to `runningSince`. */
  spentMs: number;
  /** Clock at which it last began to run; null while it does not. */
  runningSince: number | null;
  /** A command was given and has not been answered. */
  busy: boolean;
  /** Another tab runs it: here it is only shown. */
  elsewhere: boolean;
  /** What storage that ran out means for this run; null while there is room. */
  noRoom: string | null;
}

export const idleRun: RunState = {
  name: null,
  status: 'ready',
  error: null,
  session: null,
  ancestors: [],
  askedFor: null,
  plan: null,
  learning: null,
  loading: null,
  evaluation: null,
  fingerprint: null,
  numerics: NUMERICS,
  claim: null,
  spentMs: 0,
  runningSince: null,
  busy: false,
  elsewhere: false,
  noRoom: null,
};

export const useRun = create<RunState>()(() => idleRun);

export const isLive = (status: PageStatus): boolean =>
  status === 'preparing' || status === 'running' || status === 'paused';

/** What the session in the panel takes. */
export const useCost = create<Asked<SessionCost>>()(() => ({ state: 'asking', last: null }));
