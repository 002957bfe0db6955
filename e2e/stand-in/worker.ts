/**
 * The lab's worker with a scripted engine: for the page's own journeys, which need no GPU, and for looking at the page. It is
 * bundled by the tests alone and is no part of the product.
 */
import { expose } from 'comlink';
import { Lab } from '../../src/host/browser/lab';
import { ModelStore } from '../../src/host/browser/models/model-store';
import { RunStore } from '../../src/host/browser/runs/run-store';
import { TuningStore } from '../../src/host/browser/tuning-store';
import { prepareMessages } from '../../src/host/browser/wire';
import { ScriptedEngine, type Script } from './engine';

/** Put in front of this file by `withStandIn`. */
const { SCRIPT: script = {} } = self as { SCRIPT?: Script };

if (script.storageDenied === true) {
  const denied = (): Promise<never> => Promise.reject(new Error('denied'));
  Object.defineProperty(navigator.storage, 'getDirectory', { value: denied });
}
prepareMessages();
expose(
  new Lab({
    engine: new ScriptedEngine(script),
    store: RunStore.open(),
    models: ModelStore.open(),
    tunings: TuningStore.open(),
    page: self.location.href,
  }),
);
