import { releaseProxy, wrap, type ProxyMarked } from 'comlink';
import { CodedError } from '../../lib/errors';
import type { LabClient, LabGroup } from './api';
import type { Lab } from './lab';
import { prepareMessages } from './wire';
import { isNotLoaded } from './worker-starter';
import { workerUrl } from './worker-url';

const BEAT_MS = 3000;
/** Beats without an answer after which the worker counts as dead. Beats, not seconds: a suspended tab makes none. */
const PATIENCE = 15;

/** The worker's side as it is called: a group, the name of a call and what is given to it. */
type Remote = Pick<Lab, 'open' | 'ping'> &
  Record<LabGroup, ProxyMarked & Record<string, (...args: unknown[]) => unknown>>;

/** A call whose worker died before it answered. */
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

  /** What goes to the worker in an argument's place. */
  const sent = (argument: unknown): unknown =>
    typeof argument === 'function'
      ? (told: unknown): void => {
          unanswered = 0;
          // Answers that were on their way when the worker was ended are ignored.
          if (deadBecause === null) Reflect.apply(argument, undefined, [told]);
        }
      : argument;

  /** Every call of a group, whatever its name. */
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
