import type { RunObserver } from './session-run';

/** An observer that ignores everything; spread it and replace the events that matter. */
export const SILENT: RunObserver = {
  metrics: () => undefined,
  evaluation: () => undefined,
  traces: () => undefined,
  graph: () => undefined,
  checkpoint: () => Promise.resolve(),
};
