import workerScript from './worker.ts?worker&url';
import { starter } from './worker-starter';

/** Where the lab's worker starts. */
export const workerUrl = starter(workerScript);
