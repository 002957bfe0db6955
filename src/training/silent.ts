import type { RunObserver } from './session-run';
import type { StageObserver } from './stages/stage';

/** A `RunObserver` that ignores every event; spread it and replace the events that matter. */
export const SILENT: RunObserver = {
  metrics: () => undefined,
  evaluation: () => undefined,
  traces: () => undefined,
  graph: () => undefined,
  checkpoint: () => Promise.resolve(),
};

/** A `StageObserver` that ignores every event. */
export const SILENT_STAGE: StageObserver = {
  traces: () => undefined,
  graph: () => undefined,
  graphStart: () => undefined,
};
