import { create } from 'zustand';
import type { Session } from '../config/session';
import type { StorageReport, StoredRun } from '../host/browser/api';

/** Runs of one session with a seed each that have not begun. */
export interface Queue {
  /** That they share, with those that have run. */
  group: string;
  /** How many runs it has once all have run. */
  size: number;
  session: Session;
  seeds: number[];
}

/** The runs that this browser keeps. */
interface RunsState {
  /** Newest first; null until they were asked for. */
  runs: readonly StoredRun[] | null;
  storage: StorageReport | null;
  /** Why they could not be had. */
  error: string | null;
  /** Ticked for a comparison. */
  ticked: readonly string[];
  /** An interrupted run that the user does not want to be asked about any more. */
  declined: readonly string[];
  /** What waits for its turn, first to last. */
  queued: number;
  /** What waited when the page was left; null where nothing did, or somebody has answered. */
  leftOver: Queue | null;
  /** Whether the browser has agreed to keep them; null where that is not known. */
  persisted: boolean | null;
  tick: (runs: readonly string[], isTicked: boolean) => void;
  decline: (run: string) => void;
  /** Takes a failure off the page. */
  closeError: () => void;
}

export const useRuns = create<RunsState>()((set, get) => ({
  runs: null,
  storage: null,
  error: null,
  ticked: [],
  declined: [],
  queued: 0,
  leftOver: null,
  persisted: null,
  tick: (runs, isTicked) => {
    const others = get().ticked.filter((id) => !runs.includes(id));
    set({ ticked: isTicked ? [...others, ...runs] : others });
  },
  decline: (run) => set({ declined: [...get().declined, run] }),
  closeError: () => set({ error: null }),
}));
