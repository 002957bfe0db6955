import type { Session } from '../../config/session';
import type { DocumentMap } from '../../records/records';
import type { Task } from '../../tasks/task';
import { taskOf, type SessionData } from '../../training/base';
import type { RunState } from '../../training/session-run';
import { SILENT } from '../../training/silent';
import type { OpenRun } from './active-run';
import type { SearchAnswer, Thinking, ThinkRequest } from './messages';
import type { BenchmarkModel } from './benchmark/benchmark-model';
import { runReader } from './benchmark/reader';
import type { EngineDevice, Training } from './engine';
import { Turns } from './turns';

/** A kept run that is shown, with its last kept model for searches; a device is opened with the first search. */
export class StoredView implements OpenRun {
  readonly task: Task;
  private readonly turns = new Turns();
  private model: { device: EngineDevice; training: Training } | null = null;
  private isStopped = false;

  /** @param read reads the state that was kept last; null where none was. */
  constructor(
    readonly id: string,
    private readonly session: Session,
    private readonly data: SessionData,
    private readonly checkpoints: readonly number[],
    private readonly openDevice: () => Promise<EngineDevice>,
    private readonly read: () => Promise<RunState | null>,
  ) {
    this.task = taskOf(session, data);
  }

  search(query: string, topK: number): Promise<SearchAnswer> {
    return this.turns.take(async () => (await this.restored()).search(query, topK));
  }

  modelSteps(): Promise<number[]> {
    const last = this.checkpoints.at(-1);
    return Promise.resolve(last === undefined ? [] : [last]);
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return this.turns.take(async () => (await this.restored()).think(request));
  }

  map(): Promise<DocumentMap> {
    return this.turns.take(async () => (await this.restored()).map());
  }

  forBenchmark(): Promise<BenchmarkModel> {
    return this.turns.take(async () => {
      const { model, step } = await this.restored();
      return {
        run: this.id,
        step,
        model,
        reader: () => runReader(model, this.task, this.data.base),
        take: (work) => this.turns.take(work),
      };
    });
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return this.turns.take(() => {
      this.model?.device.destroy();
      this.model = null;
      return Promise.resolve();
    });
  }

  private async restored(): Promise<Training> {
    if (this.model) return this.model.training;
    const state = this.isStopped ? null : await this.read();
    if (!state) throw new Error('No model was kept of this run: go on with it first, then ask it.');
    const device = await this.openDevice();
    try {
      const training = device.train(this.session, this.data, SILENT, []);
      await training.load(() => undefined);
      // Its weights are enough to search.
      await training.restore({ ...state, stage: null, base: null });
      this.model = { device, training };
      return training;
    } catch (error) {
      device.destroy();
      throw error;
    }
  }
}
