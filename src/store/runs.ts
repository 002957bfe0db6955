import { create } from 'zustand';
import type { Session } from '../config/session';
import type { StorageReport, StoredRun } from '../host/browser/api';

/** Runs of one session with a seed each that have not begun. */
export interface Queue {
  /** The group's name, which the runs that have ended share. */
  group: string;
  /** Number of runs in the group once all have run. */
  size: number;
  session: Session;
  seeds: number[];
}

/** The runs that this browser keeps. */
interface RunsState {
  /** The kept runs, newest first; null until they were read. */
  runs: readonly StoredRun[] | null;
  storage: StorageReport | null;
  /** The reason why they could not be read; null where there is none. */
  error: string | null;
  /** Runs that are ticked for a comparison. */
  ticked: readonly string[];
  /** Interrupted runs that the user does not want to be asked about again. */
  declined: readonly string[];
  /** Number of runs that wait for their turn. */
  queued: number;
  /** The runs that waited when the page was left; null where there were none, or the user has answered. */
  leftOver: Queue | null;
  /** Whether the browser has agreed to keep them; null where that is not known. */
  persisted: boolean | null;
  tick: (runs: readonly string[], isTicked: boolean) => void;
  decline: (run: string) => void;
  /** Closes the message of a failure. */
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
