import { create } from 'zustand';
import type { RecordedSteps } from '../records/records';
import { StepList } from './step-list';

/** The steps of the run on the page whose records the worker can send; the records themselves stay there. */
interface RecordsState extends Record<keyof RecordedSteps, StepList> {
  add: (what: keyof RecordedSteps, step: number) => void;
  replace: (steps: RecordedSteps) => void;
  clear: () => void;
}

const listed = (steps?: RecordedSteps): Record<keyof RecordedSteps, StepList> => ({
  traces: StepList.of(steps?.traces),
  dev: StepList.of(steps?.dev),
  graph: StepList.of(steps?.graph),
});

/** The steps of the run on the page that have records. */
export const useRecords = create<RecordsState>()((set) => ({
  ...listed(),
  add: (what, step) => set((state) => ({ [what]: state[what].with(step) })),
  replace: (steps) => set(listed(steps)),
  clear: () => set(listed()),
}));
