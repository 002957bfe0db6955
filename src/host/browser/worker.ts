import { expose } from 'comlink';
import { GpuEngine } from './gpu-engine';
import { Lab } from './lab';
import { ModelStore } from './models/model-store';
import { RunStore } from './runs/run-store';
import { prepareMessages } from './wire';

prepareMessages();
expose(new Lab({ engine: new GpuEngine(), store: opened(), models: ModelStore.open(), page: self.location.href }));

/** What was deleted in an earlier visit is gone for good by now. */
async function opened(): Promise<RunStore> {
  const store = await RunStore.open();
  await store.purge().catch(() => undefined);
  return store;
}
