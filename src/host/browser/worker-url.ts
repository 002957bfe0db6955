import workerScript from './worker.ts?worker&url';
import { starter } from './worker-starter';

/** Makes the address from which the lab's worker starts. */
export const workerUrl = starter(workerScript);
