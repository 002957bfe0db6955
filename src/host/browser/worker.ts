import { expose, transfer } from 'comlink';
import type { Session } from '../../config/session';
import { GpuUnavailableError } from '../../gpu/errors';
import { Gpu, identify } from '../../gpu/gpu';
import type { GraphRecord, GraphStart, RecordedSteps } from '../../records/records';
import type { TaskData } from '../../tasks/task-data';
import { sessionCost } from '../../training/cost';
import { SessionRun } from '../../training/session-run';
import type {
  AdapterReport,
  DocumentCard,
  LabApi,
  RunListener,
  RunStatus,
  SearchAnswer,
  SessionCost,
  Thinking,
  ThinkRequest,
  TraceFilter,
  TraceGroup,
  TraceKind,
  TracePage,
} from './api';
import { PastModels } from './past-models';
import { Benchmark, type BenchmarkModel } from './benchmark/benchmark';
import { MemoryRecords, type RunRecords } from './run-records';
import { answer } from './search';
import { TaskFiles } from './task-data';
import { think } from './thinking';
import { findTraces, traceGroup, traceHistory } from './trace-search';
import { Turns } from './turns';

/** The engine behind the page: one run at a time, in this worker. */
class Lab implements LabApi {
  private run: ActiveRun | null = null;
  private readonly benchmark = new Benchmark(() => this.run?.forBenchmark() ?? null);
  private files = new TaskFiles(self.location.href);

  open(page: string): void {
    this.files = new TaskFiles(page);
  }

  ping(): void {
    // Answering is all there is to it.
  }

  async adapter(): Promise<AdapterReport> {
    return report(await requestAdapter());
  }

  async cost(session: Session): Promise<SessionCost> {
    return sessionCost(session, await this.files.of(session.task));
  }

  async start(session: Session, listener: RunListener): Promise<string> {
    await this.stop();
    listener({ kind: 'status', status: 'preparing' });
    try {
      const data = await this.files.of(session.task);
      const gpu = await Gpu.create(await requestAdapter());
      const run = new ActiveRun(gpu, session, data, listener);
      this.run = run;
      void run.loop();
      return run.name;
    } catch (error) {
      listener({ kind: 'status', status: 'failed', reason: message(error) });
      throw error;
    }
  }

  async pause(): Promise<void> {
    await this.run?.pause();
  }

  resume(): Promise<void> {
    this.run?.resume();
    return Promise.resolve();
  }

  async step(): Promise<void> {
    await this.run?.stepOnce();
  }

  async stop(): Promise<void> {
    const run = this.run;
    this.run = null;
    await run?.stop();
  }

  async search(query: string, topK: number): Promise<SearchAnswer> {
    return this.active().search(query, topK);
  }

  document(index: number): DocumentCard {
    const found = this.active().training.task.documents[index];
    if (!found) throw new RangeError(`there is no document ${index} in this run`);
    return { document: index, ...found };
  }

  exampleQueries(count: number): string[] {
    const { task } = this.active().training;
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

  recordedSteps(run: string): Promise<RecordedSteps> {
    return Promise.resolve(this.recordsOf(run).steps());
  }

  findTraces(run: string, filter: TraceFilter, from: number | null): Promise<TracePage> {
    return findTraces(this.recordsOf(run), this.active().training.task, filter, from);
  }

  traceGroup(run: string, step: number, query: string, kind: TraceKind | null): Promise<TraceGroup | null> {
    return traceGroup(this.recordsOf(run), this.active().training.task, step, query, kind);
  }

  traceHistory(run: string, query: string): Promise<TraceGroup[]> {
    return traceHistory(this.recordsOf(run), this.active().training.task, query);
  }

  modelSteps(run: string): Promise<number[]> {
    return Promise.resolve(this.named(run).past.steps);
  }

  think(run: string, request: ThinkRequest): Promise<Thinking> {
    return this.named(run).think(request);
  }

  refresh(run: string, step: number): Promise<GraphRecord | null> {
    return this.recordsOf(run).refresh(step);
  }

  async positions(run: string, step: number): Promise<Float32Array<ArrayBuffer> | null> {
    const found = await this.recordsOf(run).positions(step);
    if (!found) return null;
    const copy = found.slice();
    return transfer(copy, [copy.buffer]);
  }

  documents(run: string, from: number, count: number): DocumentCard[] {
    const { documents } = this.named(run).training.task;
    return documents.slice(from, from + count).map((found, i) => ({ document: from + i, ...found }));
  }

  async graphStart(run: string): Promise<GraphStart | null> {
    const found = await this.recordsOf(run).graphStart();
    if (!found) return null;
    const copy = { ...found, counts: found.counts.slice(), neighbours: found.neighbours.slice() };
    return transfer(copy, [copy.counts.buffer, copy.neighbours.buffer]);
  }

  refitPicture(run: string): Promise<boolean> {
    return this.named(run).refitPicture();
  }

  private recordsOf(run: string): RunRecords {
    return this.named(run).records;
  }

  private named(run: string): ActiveRun {
    const active = this.active();
    if (active.name !== run) throw new Error(`there is no run ${run}`);
    return active;
  }

  private active(): ActiveRun {
    if (!this.run) throw new Error('No model yet: run a session first, then ask it.');
    return this.run;
  }
}

/** A run with its pause button. Steps and searches take turns, so that a search sees a model between two steps. */
class ActiveRun {
  readonly name = crypto.randomUUID();
  readonly training: SessionRun;
  readonly records: RunRecords = new MemoryRecords();
  readonly past: PastModels;
  private readonly turns = new Turns();
  private isStopped = false;
  private isEnded = false;
  /** Steps that may still run before the run waits; Infinity while it is not paused. */
  private allowed = Infinity;
  private wake: () => void = () => undefined;

  constructor(
    private readonly gpu: Gpu,
    session: Session,
    data: TaskData,
    private readonly listener: RunListener,
  ) {
    this.training = new SessionRun(
      gpu,
      session,
      {
        metrics: (steps) => listener({ kind: 'metrics', steps }),
        evaluation: (point) => listener({ kind: 'evaluation', point }),
        dev: (traces) => {
          this.records.addDev(traces);
          listener({ kind: 'recorded', what: 'dev', step: traces[0]?.step ?? this.training.step });
        },
        traces: (traces) => {
          this.records.addTraces(traces);
          listener({ kind: 'recorded', what: 'traces', step: traces[0]?.step ?? this.training.step });
        },
        graph: (record, positions) => {
          this.records.addRefresh(record, positions);
          listener({ kind: 'recorded', what: 'graph', step: record.step });
        },
        graphStart: (start, positions) => this.records.addStart(start, positions),
        checkpoint: (state) => {
          listener({ kind: 'checkpoint', step: state.step });
          return Promise.resolve();
        },
      },
      data,
    );
    this.past = new PastModels(gpu, this.training);
  }

  async loop(): Promise<void> {
    const { training } = this;
    try {
      const { task, model, plan, totalSteps } = training;
      this.listener({
        kind: 'started',
        plan: {
          stages: [...plan],
          totalSteps,
          documents: task.documents.length,
          parameters: model.table.parameters,
          vocabulary: task.vocabulary.length,
        },
      });
      this.tell('running');
      while (!this.isStopped && !training.isFinished) {
        if (this.allowed <= 0) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        const before = training.step;
        await this.turns.take(async () => {
          await training.advance(Math.min(this.allowed, 8));
          await this.past.note();
        });
        this.allowed -= training.step - before;
        // Messages (a pause, a search) are only heard between two tasks.
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (this.isStopped) return;
      const evaluation = await this.turns.take(() => training.finalEvaluation());
      this.isEnded = true;
      this.listener({ kind: 'finished', evaluation, fingerprint: training.fingerprintSoFar.value });
      this.tell('finished');
    } catch (error) {
      this.isEnded = true;
      if (!this.isStopped) this.tell('failed', message(error));
    }
  }

  pause(): Promise<void> {
    this.allowed = 0;
    // Resolves when the step in progress is done.
    return this.turns.take(() => {
      if (!this.isEnded) this.tell('paused');
      return Promise.resolve();
    });
  }

  resume(): void {
    if (this.isEnded) return;
    this.allowed = Infinity;
    this.tell('running');
    this.wake();
  }

  async stepOnce(): Promise<void> {
    if (this.isEnded) return;
    const target = Math.min(this.training.step + 1, this.training.totalSteps);
    this.allowed = 1;
    this.wake();
    while (this.training.step < target && !this.isStopped && !this.isEnded) {
      await this.turns.take(() => Promise.resolve());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (!this.training.isFinished) this.tell('paused');
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.wake();
    await this.turns.take(() => {
      if (!this.isEnded) this.tell('stopped');
      this.gpu.destroy();
      return Promise.resolve();
    });
  }

  refitPicture(): Promise<boolean> {
    return this.turns.take(() => Promise.resolve(this.training.refitPicture()));
  }

  search(query: string, topK: number): Promise<SearchAnswer> {
    return this.turns.take(() => answer(this.training, query, topK));
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return this.turns.take(() => think(this.training, this.past, request));
  }

  forBenchmark(): BenchmarkModel {
    const { task, model, step } = this.training;
    return { run: this.name, step, model, task, take: (work) => this.turns.take(work) };
  }

  private tell(status: RunStatus, reason?: string): void {
    this.listener({ kind: 'status', status, ...(reason === undefined ? {} : { reason }) });
  }
}

async function requestAdapter(): Promise<GPUAdapter> {
  // Typed as always there; browsers without WebGPU lack it.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = gpu ? await gpu.requestAdapter({ powerPreference: 'high-performance' }) : null;
  if (!adapter) throw new GpuUnavailableError('This browser offers no WebGPU adapter.');
  return adapter;
}

function report(adapter: GPUAdapter): AdapterReport {
  const limits: Record<string, number> = {};
  // The limits are getters of the prototype, which neither JSON nor Object.entries sees.
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === 'number') limits[name] = value;
  }
  return { ...identify(adapter), features: [...adapter.features].sort(), limits };
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

expose(new Lab());
