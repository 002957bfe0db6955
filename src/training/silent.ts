import type { RunObserver } from './session-run';

/** Hears nothing of a run; who wants to hear a part of it puts that over this one. */
export const SILENT: RunObserver = {
  metrics: () => undefined,
  evaluation: () => undefined,
  traces: () => undefined,
  graph: () => undefined,
  checkpoint: () => Promise.resolve(),
};
