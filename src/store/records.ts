import { create } from 'zustand';
import type { RecordedSteps } from '../records/records';

/** The steps of the run on the page whose records the worker can send; the records themselves stay there. */
interface RecordsState extends RecordedSteps {
  add: (what: keyof RecordedSteps, step: number) => void;
  replace: (steps: RecordedSteps) => void;
  clear: () => void;
}

/** The steps of the run on the page that have records. */
export const useRecords = create<RecordsState>()((set) => ({
  traces: [],
  dev: [],
  graph: [],
  add: (what, step) => set((state) => (state[what].at(-1) === step ? state : { [what]: [...state[what], step] })),
  replace: ({ traces, dev, graph }) => set({ traces, dev, graph }),
  clear: () => set({ traces: [], dev: [], graph: [] }),
}));
