import { releaseProxy, wrap, type ProxyMarked } from 'comlink';
import { CodedError } from '../../lib/errors';
import type { LabClient, LabGroup } from './api';
import type { Lab } from './lab';
import { prepareMessages } from './wire';
import { isNotLoaded } from './worker-starter';
import { workerUrl } from './worker-url';

const BEAT_MS = 3000;
/**
 * Number of unanswered heartbeats after which the worker counts as dead; beats and not seconds, because a suspended tab
 * makes none.
 */
const PATIENCE = 15;

/** The worker's side as comlink calls it: a group, the name of a call and its arguments. */
type Remote = Pick<Lab, 'open' | 'ping'> &
  Record<LabGroup, ProxyMarked & Record<string, (...args: unknown[]) => unknown>>;

/** The error of a call whose worker died before it answered. */
class WorkerDiedError extends CodedError {
  override name = 'WorkerDiedError';
  constructor(message: string) {
    super(message, 'worker-died');
  }
}

/** Starts the worker. When it dies, every pending and later call is rejected with the reason. */
export function createClient(): LabClient {
  prepareMessages();
  const worker = new Worker(workerUrl(), { type: 'module', name: 'lab' });
  const remote = wrap<Remote>(worker);
  remote.open(document.baseURI).catch(() => undefined);
  const { promise: death, resolve: reportDeath } = deferred<string>();
  const pending = new Set<(error: Error) => void>();
  let deadBecause: string | null = null;
  let unanswered = 0;

  const beat = setInterval(() => {
    unanswered += 1;
    if (unanswered > PATIENCE) {
      die(`the worker has not answered for ${(PATIENCE * BEAT_MS) / 1000} seconds`);
      return;
    }
    remote.ping().then(
      () => (unanswered = 0),
      () => undefined,
    );
  }, BEAT_MS);

  function die(reason: string): void {
    if (deadBecause !== null) return;
    deadBecause = reason;
    clearInterval(beat);
    worker.terminate();
    for (const reject of pending) reject(new WorkerDiedError(reason));
    pending.clear();
    reportDeath(reason);
  }

  worker.addEventListener('error', (event) => die(`the worker failed: ${event.message || 'it could not be started'}`));
  worker.addEventListener('message', (event) => {
    if (isNotLoaded(event)) die('the worker could not be loaded');
  });
  worker.addEventListener('messageerror', () => die('the worker sent something that could not be read'));

  function settled(call: () => Promise<unknown>): Promise<unknown> {
    if (deadBecause !== null) return Promise.reject(new WorkerDiedError(deadBecause));
    return new Promise((resolve, reject) => {
      pending.add(reject);
      call()
        .then(resolve, reject)
        .finally(() => pending.delete(reject));
    });
  }

  /** The form in which an argument is sent to the worker. */
  const sent = (argument: unknown): unknown =>
    typeof argument === 'function'
      ? (told: unknown): void => {
          unanswered = 0;
          // Answers that were on their way when the worker was ended are ignored.
          if (deadBecause === null) Reflect.apply(argument, undefined, [told]);
        }
      : argument;

  /** A proxy that sends every call of a group to the worker. */
  function group<Name extends LabGroup>(name: Name): LabClient[Name] {
    const calls = remote[name];
    return new Proxy({} as LabClient[Name], {
      get:
        (_, call: string) =>
        (...args: unknown[]) => {
          const given = args.map(sent);
          return settled(() => calls[call]!(...given));
        },
    });
  }

  return {
    death,
    device: group('device'),
    run: group('run'),
    runs: group('runs'),
    records: group('records'),
    model: group('model'),
    bench: group('bench'),
    models: group('models'),
    takeHome: group('takeHome'),
    close: () => {
      die('the worker was ended');
      remote[releaseProxy]();
    },
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
