import type { Gpu } from '../../gpu/gpu';
import { createTask } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import type { TaskData } from '../../tasks/task-data';
import { SessionRun, type RunState } from '../../training/session-run';
import type { OpenRun } from './active-run';
import type { SearchAnswer, Thinking, ThinkRequest } from './api';
import type { BenchmarkModel } from './benchmark/benchmark';
import { PastModels } from './past-models';
import { answer } from './search';
import { think } from './thinking';
import { Turns } from './turns';

interface Restored {
  gpu: Gpu;
  training: SessionRun;
  past: PastModels;
}

const QUIET = {
  metrics: () => undefined,
  evaluation: () => undefined,
  traces: () => undefined,
  graph: () => undefined,
  checkpoint: () => Promise.resolve(),
};

/** A kept run that is looked at, and whose model is asked as it was kept last. */
export class StoredView implements OpenRun {
  readonly task: Task;
  private readonly turns = new Turns();
  private model: Restored | null = null;

  /** @param read the state that was kept last; null where none was. */
  constructor(
    readonly id: string,
    private readonly session: SessionRun['session'],
    private readonly data: TaskData,
    private readonly checkpoints: readonly number[],
    private readonly openGpu: () => Promise<Gpu>,
    private readonly read: () => Promise<RunState | null>,
  ) {
    this.task = createTask(session.task, session.seed, data);
  }

  search(query: string, topK: number): Promise<SearchAnswer> {
    return this.turns.take(async () => answer((await this.restored()).training, query, topK));
  }

  modelSteps(): Promise<number[]> {
    const last = this.checkpoints.at(-1);
    return Promise.resolve(last === undefined ? [] : [last]);
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return this.turns.take(async () => {
      const { training, past } = await this.restored();
      return think(training, past, request);
    });
  }

  forBenchmark(): Promise<BenchmarkModel> {
    return this.turns.take(async () => {
      const { model, step } = (await this.restored()).training;
      return { run: this.id, step, model, task: this.task, take: (work) => this.turns.take(work) };
    });
  }

  stop(): Promise<void> {
    return this.turns.take(() => {
      this.model?.past.destroy();
      this.model?.training.destroy();
      this.model?.gpu.destroy();
      this.model = null;
      return Promise.resolve();
    });
  }

  private async restored(): Promise<Restored> {
    if (this.model) return this.model;
    const state = await this.read();
    if (!state) throw new Error('No model was kept of this run: go on with it first, then ask it.');
    const gpu = await this.openGpu();
    const training = new SessionRun(gpu, this.session, QUIET, this.data);
    // Its weights are enough to search.
    await training.restore({ ...state, stage: null, base: null });
    const past = new PastModels(gpu, training);
    await past.note();
    this.model = { gpu, training, past };
    return this.model;
  }
}
