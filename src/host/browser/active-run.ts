import { DeviceLostError } from '../../gpu/errors';
import type { RunSession } from '../../config/micro-batches';
import { CancelledError, codeOf, errorData, messageOf, type ErrorData } from '../../lib/errors';
import type { Task } from '../../tasks/task';
import type { DocumentMap } from '../../records/records';
import type { SessionData } from '../../training/base';
import { DivergedError } from '../../training/diverged';
import type { RunObserver, RunState } from '../../training/session-run';
import type { RunListener, RunStatus, SearchAnswer, Thinking, ThinkRequest } from './messages';
import type { BenchmarkModel } from './benchmark/benchmark-model';
import { runReader } from './benchmark/reader';
import type { EngineDevice, Training } from './engine';
import type { KeptRun } from './runs/kept-run';
import type { JournalRecords } from './runs/records';
import { Turns } from './turns';

/** A run that the page can search and look into, whether it trains or not. */
export interface OpenRun {
  readonly id: string;
  readonly task: Task;
  search(query: string, topK: number): Promise<SearchAnswer>;
  /** Steps whose model can still be used, ascending. */
  modelSteps(): Promise<number[]>;
  think(request: ThinkRequest): Promise<Thinking>;
  /** The map of the documents by the current model. */
  map(): Promise<DocumentMap>;
  /** The model that a benchmark ranks with. @throws where no model was kept. */
  forBenchmark(): Promise<BenchmarkModel>;
  /** Releases everything that it holds. */
  stop(): Promise<void>;
}

/**
 * Chooses how a run continues whose device had no memory for its step.
 * @throws with code `out-of-memory` where nothing fits; the message says what would.
 */
export type MakeRoom = (run: RunSession, state: RunState | null) => Promise<{ run: RunSession; parts: number }>;

/**
 * A run in training that can be paused. Steps and searches take turns, so that a search sees a model between two steps.
 * Everything it computes is stored before the page receives it. It ends once (finished, failed or stopped) and then
 * releases its storage; it releases its device when it failed or is stopped, while a finished model stays for searches.
 */
export class ActiveRun implements OpenRun {
  readonly training: Training;
  private readonly turns = new Turns();
  private isStopped = false;
  private ended = false;
  /** Number of steps that may still run before the run waits; Infinity while it is not paused. */
  private allowed = Infinity;
  private wake: () => void = () => undefined;
  private spentMs: number;
  private savedStep = 0;

  /** @throws what the device throws for a session that it cannot run; nothing is released then. */
  constructor(
    private readonly device: EngineDevice,
    private readonly kept: KeptRun,
    private readonly data: SessionData,
    private readonly listener: RunListener,
    private readonly makeRoom: MakeRoom,
  ) {
    this.spentMs = kept.about.spentMs;
    const { session, ancestors = [] } = kept.about;
    const observer: RunObserver = {
      metrics: (steps) => {
        kept.addMetrics(steps);
        const links = this.training.fingerprint.perStep.slice(-steps.length);
        listener({ kind: 'metrics', steps, links });
      },
      teaching: async (done, of) => {
        listener({ kind: 'loading', what: 'teacher', done, of });
        // A message to stop is received between two tasks; what was embedded so far is kept.
        await new Promise((resolve) => setTimeout(resolve));
        if (this.isStopped) throw new CancelledError('stopped');
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
    };
    this.training = device.train(session, data, observer, ancestors);
    kept.notify = (notice) => listener({ kind: 'room', ...notice });
  }

  get id(): string {
    return this.kept.id;
  }

  get task(): Task {
    return this.training.task;
  }

  /** Whether the run has finished, failed or was stopped. */
  get isEnded(): boolean {
    return this.ended;
  }

  /** The run's records; null once it has ended and released them. */
  get records(): JournalRecords | null {
    return this.ended ? null : this.kept.records;
  }

  /** Trains until the run ends in any way. @param state to continue from; null starts at the first step. */
  async loop(state: RunState | null): Promise<void> {
    const { training } = this;
    try {
      await this.turns.take(() => this.begin(state));
      while (!this.isStopped && !training.isFinished) {
        if (this.allowed <= 0) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        await this.turns.take(() => this.advance());
        // Messages (a pause, a search) are only received between two tasks.
        await new Promise((resolve) => setTimeout(resolve));
      }
      await this.turns.take(() => this.finish());
    } catch (error) {
      await this.turns.take(() => this.fail(error));
    }
  }

  pause(): Promise<void> {
    this.allowed = 0;
    // Resolves when the step in progress is done. A pause may be long, and end with the page.
    return this.turns.take(async () => {
      if (this.ended) return;
      try {
        await this.saveNow();
        this.tell('paused');
      } catch (error) {
        await this.fail(error);
      }
    });
  }

  resume(): void {
    if (this.ended) return;
    this.allowed = Infinity;
    this.tell('running');
    this.wake();
  }

  async stepOnce(): Promise<void> {
    if (this.ended) return;
    const target = Math.min(this.training.step + 1, this.training.plan.totalSteps);
    this.allowed = 1;
    this.wake();
    while (this.training.step < target && !this.isStopped && !this.ended) {
      await this.turns.take(() => Promise.resolve());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (!this.ended && !this.isStopped && !this.training.isFinished) this.tell('paused');
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.turns.take(async () => {
      try {
        if (!this.ended) await this.keepStopped();
      } finally {
        this.device.destroy();
      }
    });
  }

  search(query: string, topK: number): Promise<SearchAnswer> {
    return this.turns.take(() => this.training.search(query, topK));
  }

  modelSteps(): Promise<number[]> {
    return Promise.resolve([...this.training.modelSteps]);
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return this.turns.take(() => this.training.think(request));
  }

  map(): Promise<DocumentMap> {
    return this.turns.take(() => this.training.map());
  }

  refitPicture(): Promise<boolean> {
    return this.turns.take(() => Promise.resolve(this.training.refitPicture()));
  }

  forBenchmark(): Promise<BenchmarkModel> {
    const { task, model, step } = this.training;
    return Promise.resolve({
      run: this.id,
      step,
      model,
      reader: () => runReader(model, task, this.data.base),
      take: (work) => this.turns.take(work),
    });
  }

  private async begin(state: RunState | null): Promise<void> {
    if (this.isStopped) return;
    const { training, kept } = this;
    const { plan } = training;
    try {
      await training.load((done, of) => {
        if (this.isStopped) throw new CancelledError('stopped');
        this.listener({ kind: 'loading', what: 'base', done, of });
      });
    } catch (error) {
      // Whoever stopped it releases it.
      if (this.isStopped) return;
      throw error;
    }
    if (state) await training.restore(state);
    this.savedStep = training.step;
    await kept.change({ plan, status: 'going', error: null });
    this.listener({ kind: 'started', plan });
    if (this.allowed > 0) this.tell('running');
  }

  private async advance(): Promise<void> {
    if (this.isStopped || this.ended) return;
    const { training } = this;
    const before = { step: training.step, at: performance.now() };
    await training.advance(Math.min(this.allowed, 8));
    this.spentMs += performance.now() - before.at;
    this.allowed -= training.step - before.step;
  }

  private async finish(): Promise<void> {
    if (this.isStopped || this.ended) return;
    const began = performance.now();
    const evaluation = await this.training.finalEvaluation();
    this.spentMs += performance.now() - began;
    const { value, perStep } = this.training.fingerprint;
    const fingerprint = { fingerprint: value, steps: [...perStep] };
    await this.kept.change({ status: 'finished', evaluation, fingerprint, spentMs: this.spentMs });
    this.end();
    const result = { evaluation, fingerprint: value };
    this.listener({ kind: 'status', status: 'finished', result, spentMs: this.spentMs });
  }

  /** Keeps the last state, as far as that works, and ends the run as stopped. */
  private async keepStopped(): Promise<void> {
    let error: ErrorData | null = null;
    try {
      await this.saveNow();
    } catch (thrown) {
      error = errorData(thrown);
    }
    await this.endAs({ status: 'stopped', error });
    this.listener({ kind: 'status', status: 'stopped', spentMs: this.spentMs, ...(error && { error }) });
  }

  /** Ends the run after an error. A lost device is not the run's fault: it can continue from its last checkpoint. */
  private async fail(thrown: unknown): Promise<void> {
    if (this.ended) return;
    const isLost = thrown instanceof DeviceLostError || (await this.device.isLost());
    // What a lost device refuses fails in words of its own.
    const cause =
      isLost && !(thrown instanceof DeviceLostError)
        ? new DeviceLostError(`The GPU device was lost: ${messageOf(thrown)}`)
        : thrown;
    const error = errorData(cause);
    if (cause instanceof DivergedError) error.message = await this.explained(cause);
    if (error.code === 'out-of-memory' && !this.isStopped && (await this.continuesInParts(error))) return;
    await this.endAs({ status: isLost ? 'going' : 'failed', error });
    this.device.destroy();
    this.listener({ kind: 'status', status: isLost ? 'interrupted' : 'failed', error, spentMs: this.spentMs });
  }

  /**
   * Releases a device that has no memory for the run's step, so that the run can continue from its last state in more
   * micro-batches on another one.
   * @returns false where more micro-batches take no less memory: `error` then says what would fit.
   */
  private async continuesInParts(error: ErrorData): Promise<boolean> {
    const { session, ancestors = [] } = this.kept.about;
    // What it held is in no one's way.
    this.device.destroy();
    try {
      const state = await this.kept.lastState();
      const { run, parts } = await this.makeRoom({ session, ancestors }, state);
      await this.endAs({ status: 'going', error: null, ...run });
      const text = `The GPU has no room for a step of this run: it goes on from step ${state?.step ?? 0} in ${parts} micro-batches, with other last bits from there on.`;
      this.listener({ kind: 'parts', ...run, text });
    } catch (thrown) {
      if (codeOf(thrown) === 'out-of-memory') error.message = messageOf(thrown);
      return false;
    }
    this.listener({ kind: 'status', status: 'interrupted', error, spentMs: this.spentMs });
    return true;
  }

  /**
   * The message of a divergence, with the kernel that caused it where running the steps since the last state again
   * finds it.
   */
  private async explained(seen: DivergedError): Promise<string> {
    const { session, ancestors = [] } = this.kept.about;
    try {
      const state = await this.kept.lastState();
      return await this.device.explain(seen, session, this.data, ancestors, state, () => this.isStopped);
    } catch {
      return seen.message;
    }
  }

  /** Writes how the run ended, where that can be written, and ends it. */
  private async endAs(
    how: { status: 'stopped' | 'failed' | 'going'; error: ErrorData | null } & Partial<RunSession>,
  ): Promise<void> {
    try {
      await this.kept.change({ ...how, spentMs: this.spentMs });
    } catch {
      // Then it stands as one that was interrupted, which it can be continued from.
    } finally {
      this.end();
    }
  }

  /** Keeps the state now; called between two steps. */
  private async saveNow(): Promise<void> {
    if (this.training.step > this.savedStep) await this.save(await this.training.checkpoint());
  }

  private async save(state: RunState): Promise<void> {
    if (!(await this.kept.saveState(state, this.spentMs))) return;
    this.savedStep = state.step;
    this.listener({ kind: 'checkpoint', step: state.step });
  }

  private end(): void {
    this.ended = true;
    this.kept.close();
  }

  private tell(status: RunStatus): void {
    this.listener({ kind: 'status', status, spentMs: this.spentMs });
  }
}
