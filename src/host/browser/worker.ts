import { expose } from 'comlink';
import { GpuEngine } from './gpu-engine';
import { Lab } from './lab';
import { ModelStore } from './models/model-store';
import { RunStore } from './runs/run-store';
import { TuningStore } from './tuning-store';
import { prepareMessages } from './wire';

// The lab's worker: it opens what this browser keeps, and answers the page's messages with a `Lab`.
prepareMessages();
const tunings = TuningStore.open();
expose(
  new Lab({
    engine: new GpuEngine(tunings),
    store: opened(),
    models: ModelStore.open(),
    tunings,
    page: self.location.href,
  }),
);

/** The kept runs; those that were deleted in an earlier visit are removed for good first. */
async function opened(): Promise<RunStore> {
  const store = await RunStore.open();
  await store.purge().catch(() => undefined);
  return store;
}
