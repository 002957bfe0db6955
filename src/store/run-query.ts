import { create } from 'zustand';
import { EVERY_RUN, type RunQuery } from '../view/run-entries';

/** The search, filter and order of the list of runs, for as long as the page is open. */
export const useRunQuery = create<{ query: RunQuery; ask: (changes: Partial<RunQuery>) => void }>()((set, get) => ({
  query: EVERY_RUN,
  ask: (changes) => set({ query: { ...get().query, ...changes } }),
}));
