import { expose, transfer } from 'comlink';
import type { Session } from '../../config/session';
import { Gpu } from '../../gpu/gpu';
import { InputError } from '../../lib/errors';
import type { GraphRecord, GraphStart, RecordedSteps, SessionSpeed } from '../../records/records';
import type { TaskData } from '../../tasks/task-data';
import { sessionCost } from '../../training/cost';
import type { RunState } from '../../training/session-run';
import { ActiveRun, type OpenRun } from './active-run';
import { describeAdapter, openGpu, report, requestAdapter } from './adapter';
import type {
  AdapterReport,
  BenchmarkModelState,
  DocumentCard,
  LabApi,
  RunCurves,
  RunListener,
  RunNames,
  RunOrigin,
  RunSummary,
  SearchAnswer,
  SessionCost,
  StorageReport,
  StoredRun,
  Thinking,
  ThinkRequest,
  TraceFilter,
  TraceGroup,
  TraceKind,
  TracePage,
} from './api';
import { Benchmark, type BenchmarkModel } from './benchmark/benchmark';
import { Measuring } from './measuring';
import { keptDocuments } from './own-documents';
import type { RunRecords } from './run-records';
import { exportRun, importRun } from './runs/archive';
import type { KeptRun } from './runs/kept-run';
import { RunStore } from './runs/run-store';
import { StoredView } from './stored-view';
import { TaskFiles } from './task-data';
import { findTraces, traceGroup, traceHistory } from './trace-search';
import { broadcast, replay, watch } from './viewer';

/** The engine behind the page: one run at a time, in this worker. */
class Lab implements LabApi {
  /** What the page looks at: a run that trains, or one that was kept. */
  private shown: OpenRun | null = null;
  private unwatch: () => void = () => undefined;
  private readonly benchmark = new Benchmark(
    { current: () => this.benchmarkable(), open: (run) => this.modelOf(run) },
    (hash, bytes) => this.files.keep(hash, bytes),
  );
  private readonly measuring = new Measuring(
    (session) => this.files.ready(session, (this.measured = new AbortController()).signal),
    openGpu,
  );
  private readonly store = opened();
  private readonly own = keptDocuments(this.store);
  private files = new TaskFiles(self.location.href, this.own);
  /** End the learning of a vocabulary for a run or a look at one, for a measurement, for a cost. */
  private preparing = new AbortController();
  private measured = new AbortController();
  private costing = new AbortController();

  open(page: string): void {
    this.files = new TaskFiles(page, this.own);
  }

  ping(): void {
    // Answering is all there is to it.
  }

  async adapter(): Promise<AdapterReport> {
    return report(await requestAdapter());
  }

  async cost(session: Session): Promise<SessionCost> {
    this.costing.abort();
    this.costing = new AbortController();
    return sessionCost(session, await this.files.ready(session, this.costing.signal));
  }

  measure(session: Session): Promise<SessionSpeed | null> {
    // A run that has ended has let go of its records, and computes no more.
    return this.measuring.measure(session, (this.training()?.records ?? null) !== null);
  }

  cancelMeasure(): Promise<void> {
    this.measured.abort();
    return this.measuring.cancel();
  }

  async start(session: Session, listener: RunListener, origin: RunOrigin = {}): Promise<string | null> {
    await this.stop();
    const signal = this.abandon();
    listener({ kind: 'status', status: 'preparing' });
    try {
      const adapter = await requestAdapter();
      const data = await this.files.ready(session, signal, listener);
      const gpu = await Gpu.create(adapter);
      const kept = await (await this.store).create(session, origin, describeAdapter(gpu));
      await this.persist(session, listener);
      return this.train(gpu, kept, data, null, listener);
    } catch (error) {
      if (signal.aborted) return null;
      listener({ kind: 'status', status: 'failed', reason: message(error) });
      throw error;
    }
  }

  async goOn(run: string, listener: RunListener): Promise<void> {
    await this.stop();
    const signal = this.abandon();
    const store = await this.store;
    const kept = await store.take(run, signal);
    if (!kept) throw new InputError('This run goes on in another tab: close it there first');
    try {
      const state = await kept.restore();
      store.forget(run);
      await replay(
        await store.get(run),
        kept.records,
        listener,
        state?.fingerprint.steps ?? [],
        kept.about.checkpoints,
      );
      listener({ kind: 'status', status: 'preparing' });
      const data = await this.files.ready(kept.about.session, signal, listener);
      const gpu = await openGpu();
      this.train(gpu, kept, data, state, listener);
    } catch (error) {
      kept.close();
      listener({ kind: 'status', status: 'interrupted', reason: message(error) });
      throw error;
    }
  }

  async look(run: string, listener: RunListener): Promise<{ elsewhere: boolean }> {
    await this.stop();
    const store = await this.store;
    const stored = await store.get(run);
    if (!stored.run) throw new InputError(stored.reason ?? 'This run cannot be read');
    const { evaluation, fingerprint } = stored.run;
    this.shown = await this.viewOf(run, stored.run, this.abandon(), listener);
    const past = async () => replay(stored, await store.records(run), listener, await store.links(run));
    if (stored.state === 'held') {
      const ended = new AbortController();
      const close = await watch(run, listener, past);
      this.unwatch = () => {
        ended.abort();
        close();
      };
      void store.free(run, ended.signal).then(
        () => this.ownerIsGone(run, listener),
        () => undefined,
      );
      return { elsewhere: true };
    }
    await past();
    if (evaluation && fingerprint) listener({ kind: 'finished', evaluation, fingerprint });
    const status = stored.state === 'unreadable' ? 'failed' : stored.state;
    listener({ kind: 'status', status, ...(stored.reason === null ? {} : { reason: stored.reason }) });
    return { elsewhere: false };
  }

  async pause(): Promise<void> {
    await this.training()?.pause();
  }

  resume(): Promise<void> {
    this.training()?.resume();
    return Promise.resolve();
  }

  async step(): Promise<void> {
    await this.training()?.stepOnce();
  }

  async stop(): Promise<void> {
    this.preparing.abort();
    await this.cancelMeasure();
    const shown = this.shown;
    this.shown = null;
    this.unwatch();
    this.unwatch = () => undefined;
    await shown?.stop();
  }

  async runs(): Promise<StoredRun[]> {
    return (await this.store).list();
  }

  async storage(): Promise<StorageReport> {
    return (await this.store).report();
  }

  async describe(run: string, changes: Partial<RunNames>): Promise<void> {
    await (await this.store).change(run, changes);
  }

  async letGo(run: string): Promise<void> {
    await (await this.store).free(run);
  }

  async remove(run: string): Promise<void> {
    await (await this.store).delete(run);
  }

  async bringBack(run: string): Promise<void> {
    await (await this.store).undelete(run);
  }

  async readRun(run: string): Promise<RunCurves> {
    return (await this.store).curves(run);
  }

  async exportRun(run: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await exportRun(await this.store, run, await this.own);
    return transfer(bytes, [bytes.buffer]);
  }

  async importRun(file: Uint8Array<ArrayBuffer>): Promise<string> {
    return importRun(await this.store, file, await this.own);
  }

  async search(query: string, topK: number): Promise<SearchAnswer> {
    return this.current().search(query, topK);
  }

  document(index: number): DocumentCard {
    const found = this.current().task.documents[index];
    if (!found) throw new RangeError(`there is no document ${index} in this run`);
    return { document: index, ...found };
  }

  exampleQueries(count: number): string[] {
    const { task } = this.current();
    const perDepth = Math.ceil(count / Math.max(1, task.maxDepth - 1));
    // The deepest first: there reasoning shows what it is for.
    const all = task.heldOut('test', perDepth).sort((a, b) => b.depth - a.depth);
    // One hop is a fact, which training has seen: only where there is nothing else.
    const unseen = all.filter(({ split }) => split !== 'train');
    return (unseen.length > 0 ? unseen : all).slice(0, count).map(({ text }) => text);
  }

  openCollection: LabApi['openCollection'] = (name, files) => this.benchmark.openCollection(name, files);
  benchmarkModel: LabApi['benchmarkModel'] = () => this.benchmark.benchmarkModel();
  runBenchmark: LabApi['runBenchmark'] = (...asked) => this.benchmark.runBenchmark(...asked);
  cancelBenchmark: LabApi['cancelBenchmark'] = () => this.benchmark.cancelBenchmark();
  benchmarkQuery: LabApi['benchmarkQuery'] = (id) => this.benchmark.benchmarkQuery(id);
  benchmarkFile: LabApi['benchmarkFile'] = (name) => this.benchmark.benchmarkFile(name);

  async recordedSteps(run: string): Promise<RecordedSteps> {
    return (await this.recordsOf(run)).steps();
  }

  async findTraces(run: string, filter: TraceFilter, from: number | null): Promise<TracePage> {
    return findTraces(await this.recordsOf(run), this.named(run).task, filter, from);
  }

  async traceGroup(run: string, step: number, query: string, kind: TraceKind | null): Promise<TraceGroup | null> {
    return traceGroup(await this.recordsOf(run), this.named(run).task, step, query, kind);
  }

  async traceHistory(run: string, query: string): Promise<TraceGroup[]> {
    return traceHistory(await this.recordsOf(run), this.named(run).task, query);
  }

  modelSteps(run: string): Promise<number[]> {
    return this.named(run).modelSteps();
  }

  think(run: string, request: ThinkRequest): Promise<Thinking> {
    return this.named(run).think(request);
  }

  async refresh(run: string, step: number): Promise<GraphRecord | null> {
    return (await this.recordsOf(run)).refresh(step);
  }

  async positions(run: string, step: number): Promise<Float32Array<ArrayBuffer> | null> {
    const found = await (await this.recordsOf(run)).positions(step);
    return found && transfer(found, [found.buffer]);
  }

  documents(run: string, from: number, count: number): DocumentCard[] {
    const { documents } = this.named(run).task;
    return documents.slice(from, from + count).map((found, i) => ({ document: from + i, ...found }));
  }

  async graphStart(run: string): Promise<GraphStart | null> {
    const found = await (await this.recordsOf(run)).graphStart();
    return found && transfer(found, [found.counts.buffer, found.neighbours.buffer]);
  }

  refitPicture(run: string): Promise<boolean> {
    const training = this.training();
    return training?.id === run ? training.refitPicture() : Promise.resolve(false);
  }

  /** What was being prepared ends, and something else is. */
  private abandon(): AbortSignal {
    this.preparing.abort();
    this.preparing = new AbortController();
    return this.preparing.signal;
  }

  /** A run goes on without it; after a reload it needs its documents again. */
  private async persist(session: Session, listener: RunListener): Promise<void> {
    try {
      await this.files.persist(session.task);
    } catch (error) {
      const text = `The documents of this run could not be kept (${message(error)}): after a reload open their folder in the Bench view again.`;
      listener({ kind: 'room', full: false, text });
    }
  }

  private train(gpu: Gpu, kept: KeptRun, data: TaskData, state: RunState | null, listener: RunListener): string {
    const told = broadcast(kept.id, listener);
    this.unwatch = told.close;
    const run = new ActiveRun(gpu, kept, data, told.listener);
    this.shown = run;
    void run.loop(state);
    return run.id;
  }

  /** The tab that ran it let go of it: ended it, or was closed. */
  private async ownerIsGone(run: string, listener: RunListener): Promise<void> {
    const { state } = await (await this.store).get(run);
    if (state === 'interrupted')
      listener({ kind: 'status', status: 'interrupted', reason: 'the tab that ran it was closed' });
  }

  /** Read here while this worker writes them, from the disk otherwise. */
  private async recordsOf(run: string): Promise<RunRecords> {
    const training = this.training();
    if (training?.id === run && training.records) return training.records;
    const records = await (await this.store).records(run);
    await records.look();
    return records;
  }

  private async viewOf(
    run: string,
    { session, checkpoints }: RunSummary,
    signal: AbortSignal,
    listener?: RunListener,
  ): Promise<StoredView> {
    const data = await this.files.ready(session, signal, listener);
    const state = async () => (await this.store).state(run);
    return new StoredView(run, session, data, checkpoints, openGpu, state);
  }

  private benchmarkable(): BenchmarkModelState | null {
    const training = this.training();
    return training && { run: training.id, step: training.training.step };
  }

  /** The run on the page as it is; another one is opened beside it for as long as it is needed. */
  private async modelOf(run: string): Promise<BenchmarkModel> {
    if (this.shown?.id === run) return this.shown.forBenchmark();
    const stored = await (await this.store).get(run);
    if (!stored.run) throw new InputError(stored.reason ?? 'This run cannot be read');
    const view = await this.viewOf(run, stored.run, new AbortController().signal);
    try {
      return { ...(await view.forBenchmark()), close: () => view.stop() };
    } catch (error) {
      await view.stop();
      throw error;
    }
  }

  private training(): ActiveRun | null {
    return this.shown instanceof ActiveRun ? this.shown : null;
  }

  private named(run: string): OpenRun {
    const shown = this.current();
    if (shown.id !== run) throw new Error(`there is no run ${run}`);
    return shown;
  }

  private current(): OpenRun {
    if (!this.shown) throw new Error('No model yet: run a session first, then ask it.');
    return this.shown;
  }
}

/** What was deleted in an earlier visit is gone for good by now. */
async function opened(): Promise<RunStore> {
  const store = await RunStore.open();
  await store.purge().catch(() => undefined);
  return store;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

expose(new Lab());
