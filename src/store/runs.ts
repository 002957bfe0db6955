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
  /** Whether the browser has agreed to keep them; null where that is not known. */
  persisted: boolean | null;
  tick: (runs: readonly string[], isTicked: boolean) => void;
  decline: (run: string) => void;
}

export const useRuns = create<RunsState>()((set, get) => ({
  runs: null,
  storage: null,
  error: null,
  ticked: [],
  declined: [],
  queued: 0,
  persisted: null,
  tick: (runs, isTicked) => {
    const others = get().ticked.filter((id) => !runs.includes(id));
    set({ ticked: isTicked ? [...others, ...runs] : others });
  },
  decline: (run) => set({ declined: [...get().declined, run] }),
}));
