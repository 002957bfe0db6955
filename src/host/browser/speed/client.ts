import { wrap } from 'comlink';
import { CancelledError } from '../../../lib/errors';
import { prepareMessages } from '../wire';
import { isNotLoaded, starter } from '../worker-starter';
import type { SpeedApi, SpeedNews } from './api';
import workerScript from './worker.ts?worker&url';

export type * from './api';

const url = starter(workerScript);

/**
 * Measures this browser's adapter in a worker of its own, which ends with it.
 * @param signal cancels it at once.
 * @throws CancelledError where it was cancelled.
 */
export async function measureAdapter(
  tiny: boolean,
  tell: (news: SpeedNews) => void,
  signal: AbortSignal,
): Promise<void> {
  prepareMessages();
  const worker = new Worker(url(), { type: 'module', name: 'speed' });
  const died = new Promise<never>((_, reject) => {
    const dead = () => reject(new Error('The worker of this page stopped: load the page again'));
    worker.addEventListener('error', dead);
    worker.addEventListener('message', (event) => {
      if (isNotLoaded(event)) dead();
    });
    signal.addEventListener('abort', () => reject(new CancelledError('cancelled')));
  });
  try {
    await Promise.race([died, wrap<SpeedApi>(worker).measure(tiny, tell)]);
  } finally {
    worker.terminate();
  }
}
