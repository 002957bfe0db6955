import { DeviceLostError } from '../../gpu/errors';
import type { Gpu } from '../../gpu/gpu';
import type { Task } from '../../tasks/task';
import type { TaskData } from '../../tasks/task-data';
import { SessionRun, type RunState } from '../../training/session-run';
import type { RunListener, RunStatus, SearchAnswer, Thinking, ThinkRequest } from './api';
import type { BenchmarkModel } from './benchmark/benchmark';
import { PastModels } from './past-models';
import type { KeptRun } from './runs/kept-run';
import type { JournalRecords } from './runs/records';
import { answer } from './search';
import { think } from './thinking';
import { Turns } from './turns';

/** What the page can ask about, whether it trains or not. */
export interface OpenRun {
  readonly id: string;
  readonly task: Task;
  search(query: string, topK: number): Promise<SearchAnswer>;
  /** Steps whose model can still be asked, ascending. */
  modelSteps(): Promise<number[]>;
  think(request: ThinkRequest): Promise<Thinking>;
  /** What a benchmark ranks with. @throws where no model was kept. */
  forBenchmark(): Promise<BenchmarkModel>;
  stop(): Promise<void>;
}

/**
 * A run with its pause button. Steps and searches take turns, so that a search sees a model between two steps. Everything it
 * computes is kept before the page hears of it.
 */
export class ActiveRun implements OpenRun {
  readonly training: SessionRun;
  private readonly past: PastModels;
  private readonly turns = new Turns();
  private isStopped = false;
  private isEnded = false;
  /** Steps that may still run before the run waits; Infinity while it is not paused. */
  private allowed = Infinity;
  private wake: () => void = () => undefined;
  private spentMs: number;
  private savedStep = 0;

  /** @param kept is let go when the run ends. */
  constructor(
    private readonly gpu: Gpu,
    private readonly kept: KeptRun,
    data: TaskData,
    private readonly listener: RunListener,
  ) {
    this.spentMs = kept.about.spentMs;
    kept.notify = (notice) => listener({ kind: 'room', ...notice });
    this.training = new SessionRun(
      gpu,
      kept.about.session,
      {
        metrics: (steps) => {
          kept.addMetrics(steps);
          const links = this.training.fingerprintSoFar.perStep.slice(-steps.length);
          listener({ kind: 'metrics', steps, links });
        },
        evaluation: (point) => {
          kept.addEvaluation(point);
          listener({ kind: 'evaluation', point });
        },
        dev: (traces) => {
          kept.addDev(traces);
          listener({ kind: 'recorded', what: 'dev', step: traces[0]?.step ?? this.training.step });
        },
        traces: (traces) => {
          kept.addTraces(traces);
          listener({ kind: 'recorded', what: 'traces', step: traces[0]?.step ?? this.training.step });
        },
        graphStart: (start, positions) => kept.addStart(start, positions),
        graph: (record, positions) => {
          kept.addRefresh(record, positions);
          listener({ kind: 'recorded', what: 'graph', step: record.step });
        },
        checkpoint: (state) => this.save(state),
      },
      data,
    );
    this.past = new PastModels(gpu, this.training);
  }

  get id(): string {
    return this.kept.id;
  }

  get task(): Task {
    return this.training.task;
  }

  /** Null once the run has ended, and let go of them. */
  get records(): JournalRecords | null {
    return this.isEnded ? null : this.kept.records;
  }

  /** @param state to go on from; null starts at the first step. */
  async loop(state: RunState | null): Promise<void> {
    const { training, kept } = this;
    try {
      const { task, model, plan: stages, totalSteps } = training;
      const plan = {
        stages: [...stages],
        totalSteps,
        documents: task.documents.length,
        parameters: model.table.parameters,
        vocabulary: task.vocabulary.length,
      };
      if (state) await training.restore(state);
      this.savedStep = training.step;
      await this.past.note();
      await kept.change({ plan, status: 'going', reason: null });
      this.listener({ kind: 'started', plan });
      this.tell('running');
      while (!this.isStopped && !training.isFinished) {
        if (this.allowed <= 0) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        const before = { step: training.step, at: performance.now() };
        await this.turns.take(async () => {
          await training.advance(Math.min(this.allowed, 8));
          await this.past.note();
        });
        this.spentMs += performance.now() - before.at;
        this.allowed -= training.step - before.step;
        // Messages (a pause, a search) are only heard between two tasks.
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (this.isStopped) return;
      const began = performance.now();
      const evaluation = await this.turns.take(() => training.finalEvaluation());
      this.spentMs += performance.now() - began;
      const { value, perStep } = training.fingerprintSoFar;
      const fingerprint = { fingerprint: value, steps: [...perStep] };
      await kept.change({ status: 'finished', evaluation, fingerprint, spentMs: this.spentMs });
      this.end();
      this.listener({ kind: 'finished', evaluation, fingerprint: value });
      this.tell('finished');
    } catch (error) {
      if (!this.isStopped) await this.fail(error);
    }
  }

  pause(): Promise<void> {
    this.allowed = 0;
    // Resolves when the step in progress is done. A pause may be long, and end with the page.
    return this.turns.take(async () => {
      if (this.isEnded) return;
      await this.saveNow();
      this.tell('paused');
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
    await this.turns.take(async () => {
      if (!this.isEnded) {
        await this.saveNow();
        await this.kept.change({ status: 'stopped', spentMs: this.spentMs });
        this.end();
        this.tell('stopped');
      }
      this.gpu.destroy();
    });
  }

  search(query: string, topK: number): Promise<SearchAnswer> {
    return this.turns.take(() => answer(this.training, query, topK));
  }

  modelSteps(): Promise<number[]> {
    return Promise.resolve(this.past.steps);
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return this.turns.take(() => think(this.training, this.past, request));
  }

  refitPicture(): Promise<boolean> {
    return this.turns.take(() => Promise.resolve(this.training.refitPicture()));
  }

  forBenchmark(): Promise<BenchmarkModel> {
    const { task, model, step } = this.training;
    return Promise.resolve({ run: this.id, step, model, task, take: (work) => this.turns.take(work) });
  }

  /** Between two steps. */
  private async saveNow(): Promise<void> {
    if (this.training.step > this.savedStep) await this.save(await this.training.checkpointNow());
  }

  private async save(state: RunState): Promise<void> {
    if (!(await this.kept.saveState(state, this.spentMs))) return;
    this.savedStep = state.step;
    this.listener({ kind: 'checkpoint', step: state.step });
  }

  /** A lost device is no fault of the run: it can go on from its last checkpoint. */
  private async fail(error: unknown): Promise<void> {
    const isLost = error instanceof DeviceLostError || (await this.gpu.isLost());
    const said = error instanceof Error ? error.message : String(error);
    const reason = isLost && !(error instanceof DeviceLostError) ? `The GPU device was lost: ${said}` : said;
    await this.kept.change({ status: isLost ? 'going' : 'failed', reason, spentMs: this.spentMs });
    this.end();
    this.gpu.destroy();
    this.listener({ kind: 'status', status: isLost ? 'interrupted' : 'failed', reason, spentMs: this.spentMs });
  }

  private end(): void {
    this.isEnded = true;
    this.kept.close();
  }

  private tell(status: RunStatus): void {
    this.listener({ kind: 'status', status, spentMs: this.spentMs });
  }
}
