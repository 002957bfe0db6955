import { create } from 'zustand';
import type { StorageReport, StoredRun } from '../host/browser/api';

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
  tick: (run: string, isTicked: boolean) => void;
  decline: (run: string) => void;
}

export const useRuns = create<RunsState>()((set, get) => ({
  runs: null,
  storage: null,
  error: null,
  ticked: [],
  declined: [],
  queued: 0,
  tick: (run, isTicked) => {
    const others = get().ticked.filter((id) => id !== run);
    set({ ticked: isTicked ? [...others, run] : others });
  },
  decline: (run) => set({ declined: [...get().declined, run] }),
}));
