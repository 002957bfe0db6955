import { create } from 'zustand';
import { EVERY_RUN, type RunQuery } from '../view/run-entries';

/** What the list of runs shows, for as long as the page is open. */
export const useRunQuery = create<{ query: RunQuery; ask: (changes: Partial<RunQuery>) => void }>()((set, get) => ({
  query: EVERY_RUN,
  ask: (changes) => set({ query: { ...get().query, ...changes } }),
}));
