import { expose, transfer } from 'comlink';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import type { GraphRecord, GraphStart, RecordedSteps, SessionSpeed } from '../../records/records';
import { sessionCost } from '../../training/cost';
import type { OpenRun } from './active-run';
import { openGpu, report, requestAdapter } from './adapter';
import type {
  AdapterReport,
  BenchmarkModelState,
  DocumentCard,
  LabApi,
  RunCurves,
  RunNames,
  SearchAnswer,
  SessionCost,
  Thinking,
  ThinkRequest,
  TraceFilter,
  TraceGroup,
  TraceKind,
  TracePage,
} from './api';
import { Benchmark, type BenchmarkModel } from './benchmark/benchmark';
import { CurrentRun } from './current-run';
import { Measuring } from './measuring';
import { keptDocuments } from './own-documents';
import type { RunRecords } from './run-records';
import { importRun } from './runs/archive';
import { RunStore } from './runs/run-store';
import { TaskFiles } from './task-data';
import { exportWithModel, modelZip, trainedModel } from './trained-model';
import { findTraces, traceGroup, traceHistory } from './trace-search';

/** The engine behind the page: one run at a time, in this worker. */
class Lab implements LabApi {
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
  private readonly run = new CurrentRun({
    store: this.store,
    files: () => this.files,
    openGpu,
    clear: () => this.cancelMeasure(),
  });
  /** End the learning of a vocabulary for a measurement, for a cost. */
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
    return this.measuring.measure(session, (this.run.training?.records ?? null) !== null);
  }

  cancelMeasure(): Promise<void> {
    this.measured.abort();
    return this.measuring.cancel();
  }

  start: LabApi['start'] = (session, listener, origin = {}) => this.run.start(session, listener, origin);
  goOn: LabApi['goOn'] = (...asked) => this.run.goOn(...asked);
  look: LabApi['look'] = (...asked) => this.run.look(...asked);
  stop: LabApi['stop'] = () => this.run.stop();

  async pause(): Promise<void> {
    await this.run.training?.pause();
  }

  resume(): Promise<void> {
    this.run.training?.resume();
    return Promise.resolve();
  }

  async step(): Promise<void> {
    await this.run.training?.stepOnce();
  }

  runs: LabApi['runs'] = async () => (await this.store).list();
  storage: LabApi['storage'] = async () => (await this.store).report();

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
    return sent(await exportWithModel(await this.store, this.files, run, await this.own));
  }

  async modelFile(run: string): Promise<Uint8Array<ArrayBuffer>> {
    return sent(modelZip(await trainedModel(await this.store, this.files, run)));
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
    return sent(await (await this.recordsOf(run)).positions(step));
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
    const training = this.run.training;
    return training?.id === run ? training.refitPicture() : Promise.resolve(false);
  }

  /** Read here while this worker writes them, from the disk otherwise. */
  private async recordsOf(run: string): Promise<RunRecords> {
    const training = this.run.training;
    if (training?.id === run && training.records) return training.records;
    const records = await (await this.store).records(run);
    await records.look();
    return records;
  }

  private benchmarkable(): BenchmarkModelState | null {
    const training = this.run.training;
    return training && { run: training.id, step: training.training.step };
  }

  /** The run on the page as it is; another one is opened beside it for as long as it is needed. */
  private async modelOf(run: string): Promise<BenchmarkModel> {
    const { shown } = this.run;
    if (shown?.id === run) return shown.forBenchmark();
    const stored = await (await this.store).get(run);
    if (!stored.run) throw new InputError(stored.reason ?? 'This run cannot be read');
    const view = await this.run.viewOf(run, stored.run, new AbortController().signal);
    try {
      return { ...(await view.forBenchmark()), close: () => view.stop() };
    } catch (error) {
      await view.stop();
      throw error;
    }
  }

  private named(run: string): OpenRun {
    const shown = this.current();
    if (shown.id !== run) throw new Error(`there is no run ${run}`);
    return shown;
  }

  private current(): OpenRun {
    const { shown } = this.run;
    if (!shown) throw new Error('No model yet: run a session first, then ask it.');
    return shown;
  }
}

/** What was deleted in an earlier visit is gone for good by now. */
async function opened(): Promise<RunStore> {
  const store = await RunStore.open();
  await store.purge().catch(() => undefined);
  return store;
}

const sent = <T extends ArrayBufferView<ArrayBuffer> | null>(array: T): T => array && transfer(array, [array.buffer]);

expose(new Lab());
