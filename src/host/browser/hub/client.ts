import { wrap, type Remote } from 'comlink';
import { prepareMessages } from '../wire';
import { isNotLoaded, starter } from '../worker-starter';
import type { HubApi } from './api';
import workerScript from './worker.ts?worker&url';

export type * from './api';

const url = starter(workerScript);

/** Starts the hub's worker. @param onDeath called once it no longer works. */
export function createHub(onDeath: () => void): Remote<HubApi> {
  prepareMessages();
  const worker = new Worker(url(), { type: 'module', name: 'hub' });
  worker.addEventListener('error', onDeath);
  worker.addEventListener('message', (event) => {
    if (isNotLoaded(event)) onDeath();
  });
  return wrap<HubApi>(worker);
}
