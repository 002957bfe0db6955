import { proxy, releaseProxy, transfer, wrap } from 'comlink';
import type { LabApi, LabClient, RunListener } from './api';

const BEAT_MS = 3000;
/** Beats without an answer after which the worker counts as dead. Beats, not seconds: a suspended tab makes none. */
const PATIENCE = 15;

/** A call whose worker died before it answered. */
export class WorkerDiedError extends Error {
  override name = 'WorkerDiedError';
}

/** Starts the worker. When it dies, every pending and later call is rejected with the reason. */
export function createClient(): LabClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'lab' });
  const remote = wrap<LabApi>(worker);
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

  worker.addEventListener('error', (event) => {
    // Without a message the script itself could not be loaded.
    die(event.message ? `the worker failed: ${event.message}` : 'the worker could not be loaded');
  });
  worker.addEventListener('messageerror', () => die('the worker sent something that could not be read'));

  function settled<T>(call: () => Promise<T>): Promise<T> {
    if (deadBecause !== null) return Promise.reject(new WorkerDiedError(deadBecause));
    return new Promise<T>((resolve, reject) => {
      pending.add(reject);
      call()
        .then(resolve, reject)
        .finally(() => pending.delete(reject));
    });
  }

  const heard = (listener: RunListener): RunListener =>
    proxy((event) => {
      unanswered = 0;
      // What was on its way when the worker was ended is nobody's any more.
      if (deadBecause === null) listener(event);
    });

  return {
    death,
    ping: () => settled(() => remote.ping()),
    adapter: () => settled(() => remote.adapter()),
    cost: (session) => settled(() => remote.cost(session)),
    measure: (session) => settled(() => remote.measure(session)),
    cancelMeasure: () => settled(() => remote.cancelMeasure()),
    start: (session, listener, origin) => settled(() => remote.start(session, heard(listener), origin)),
    goOn: (run, listener) => settled(() => remote.goOn(run, heard(listener))),
    look: (run, listener) => settled(() => remote.look(run, heard(listener))),
    runs: () => settled(() => remote.runs()),
    storage: () => settled(() => remote.storage()),
    describe: (run, changes) => settled(() => remote.describe(run, changes)),
    letGo: (run) => settled(() => remote.letGo(run)),
    remove: (run) => settled(() => remote.remove(run)),
    bringBack: (run) => settled(() => remote.bringBack(run)),
    readRun: (run) => settled(() => remote.readRun(run)),
    exportRun: (run) => settled(() => remote.exportRun(run)),
    modelFile: (run) => settled(() => remote.modelFile(run)),
    importRun: (file) => settled(() => remote.importRun(transfer(file, [file.buffer]))),
    pause: () => settled(() => remote.pause()),
    resume: () => settled(() => remote.resume()),
    step: () => settled(() => remote.step()),
    stop: () => settled(() => remote.stop()),
    search: (query, topK) => settled(() => remote.search(query, topK)),
    document: (index) => settled(() => remote.document(index)),
    exampleQueries: (count) => settled(() => remote.exampleQueries(count)),
    recordedSteps: (run) => settled(() => remote.recordedSteps(run)),
    documents: (run, from, count) => settled(() => remote.documents(run, from, count)),
    graphStart: (run) => settled(() => remote.graphStart(run)),
    refitPicture: (run) => settled(() => remote.refitPicture(run)),
    findTraces: (run, filter, from) => settled(() => remote.findTraces(run, filter, from)),
    traceGroup: (run, step, query, kind) => settled(() => remote.traceGroup(run, step, query, kind)),
    traceHistory: (run, query) => settled(() => remote.traceHistory(run, query)),
    modelSteps: (run) => settled(() => remote.modelSteps(run)),
    think: (run, request) => settled(() => remote.think(run, request)),
    refresh: (run, step) => settled(() => remote.refresh(run, step)),
    positions: (run, step) => settled(() => remote.positions(run, step)),
    openCollection: (name, files) => settled(() => remote.openCollection(name, files)),
    benchmarkModel: () => settled(() => remote.benchmarkModel()),
    runBenchmark: (split, run, listener) =>
      settled(() =>
        remote.runBenchmark(
          split,
          run,
          proxy((progress) => {
            unanswered = 0;
            listener(progress);
          }),
        ),
      ),
    cancelBenchmark: () => settled(() => remote.cancelBenchmark()),
    benchmarkQuery: (id) => settled(() => remote.benchmarkQuery(id)),
    benchmarkFile: (name) => settled(() => remote.benchmarkFile(name)),
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
