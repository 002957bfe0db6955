import type { Session } from '../../config/session';
import { CodedError } from '../../lib/errors';
import type { Model } from '../../model/model';
import type { SessionProfile } from '../../records/profile';
import type { SessionSpeed } from '../../records/records';
import { createTask } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { planStages } from '../../config/stages';
import type { DivergedError } from '../../training/diverged';
import type { RunObserver, RunState } from '../../training/session-run';
import type { AdapterReport, RunPlan, SearchAnswer, SessionCost, Thinking } from './messages';
import type { Engine, EngineDevice, Training } from './engine';

/** Places where an engine may fail. `lost` is a device that goes away during a step. */
export const FAULTS = ['open', 'train', 'restore', 'advance', 'lost', 'checkpoint', 'evaluation'] as const;
/** `load` is the loading of a model that only embeds. */
export type Fault = (typeof FAULTS)[number] | 'load';

/** An engine without a GPU: it counts its devices, takes as long as it is told to, and fails where it is told to. */
export class FakeEngine implements Engine {
  /** Devices that are open. */
  live = 0;
  /** Models on these devices now, and the most at any time: a device that only measures has none. */
  models = 0;
  mostModels = 0;

  /**
   * @param pause between any two things it does.
   * @param fault asked whenever something can fail.
   */
  constructor(
    readonly pause: () => Promise<void> = () => Promise.resolve(),
    readonly fault: (where: Fault) => boolean = () => false,
  ) {}

  adapter(): Promise<AdapterReport> {
    return Promise.reject(new Error('no adapter'));
  }

  cost(_: Session): Promise<SessionCost> {
    return Promise.reject(new Error('no cost'));
  }

  async open(): Promise<EngineDevice> {
    await this.pause();
    fail(this, 'open');
    this.live += 1;
    return new FakeDevice(this);
  }
}

function fail(engine: FakeEngine, where: Fault): void {
  if (engine.fault(where)) throw new CodedError(`${where} failed`, 'out-of-memory');
}

class FakeDevice implements EngineDevice {
  readonly name = 'fake';
  isGone = false;
  isDestroyed = false;
  private trains = false;

  constructor(readonly engine: FakeEngine) {}

  train(session: Session, _: unknown, observer: RunObserver): Training {
    fail(this.engine, 'train');
    this.trains = true;
    this.engine.models += 1;
    this.engine.mostModels = Math.max(this.engine.mostModels, this.engine.models);
    return new FakeTraining(this, session, observer);
  }

  granted(bytes: number): Promise<number> {
    return Promise.resolve(bytes);
  }

  taught(): Promise<never> {
    return Promise.reject(new Error('a fake learns from nobody'));
  }

  probe(): Promise<never> {
    return Promise.reject(new Error('a fake knows nothing'));
  }

  async load(): Promise<Model> {
    await this.engine.pause();
    fail(this.engine, 'load');
    throw new Error('a fake loads nothing');
  }

  async explain(seen: DivergedError): Promise<string> {
    await this.engine.pause();
    return `${seen.message}; found by a fake`;
  }

  async measure(_: Session, __: unknown, isCancelled: () => boolean): Promise<SessionSpeed | null> {
    for (let turn = 0; turn < 3; turn++) {
      await this.engine.pause();
      if (isCancelled()) return null;
    }
    return { stages: [], evaluation: 0 };
  }

  async profile(_: Session, __: unknown, isCancelled: () => boolean): Promise<SessionProfile | null> {
    await this.engine.pause();
    return isCancelled() ? null : { timestamps: false, stages: [] };
  }

  async check(_: unknown, isCancelled: () => boolean): Promise<number | null> {
    await this.engine.pause();
    return isCancelled() ? null : 0;
  }

  tune(): Promise<never> {
    return Promise.reject(new Error('a fake has no tiles'));
  }

  async isLost(): Promise<boolean> {
    await this.engine.pause();
    return this.isGone;
  }

  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.engine.live -= 1;
    if (this.trains) this.engine.models -= 1;
  }
}

class FakeTraining implements Training {
  readonly task: Task;
  readonly plan: RunPlan;
  readonly modelSteps = [];
  step = 0;
  private isBusy = false;

  constructor(
    private readonly device: FakeDevice,
    private readonly session: Session,
    private readonly observer: RunObserver,
  ) {
    this.task = createTask(session.task, session.seed);
    const stages = planStages(session);
    const totalSteps = stages.reduce((sum, { steps }) => sum + steps, 0);
    this.plan = { stages, totalSteps, documents: 1, parameters: 1, vocabulary: 1 };
  }

  get isFinished(): boolean {
    return this.step >= this.plan.totalSteps;
  }

  get fingerprint(): Training['fingerprint'] {
    const link = (_: unknown, at: number) => String(at + 1).padStart(12, '0');
    return { value: 'f'.repeat(64), perStep: Array.from({ length: this.step }, link) };
  }

  get model(): Model {
    throw new Error('a fake has no model');
  }

  load(): Promise<void> {
    return Promise.resolve();
  }

  restore(state: RunState): Promise<void> {
    return this.alone('restore', () => {
      this.step = state.step;
    });
  }

  advance(limit: number): Promise<void> {
    return this.alone('advance', async () => {
      if (this.device.engine.fault('lost')) {
        this.device.isGone = true;
        throw new Error('the queue was refused');
      }
      for (let left = Math.min(limit, 2); left > 0 && !this.isFinished; left--) {
        this.step += 1;
        this.observer.metrics([{ step: this.step, stage: 'sft', loss: 1 / this.step }]);
        const { every } = this.session.checkpoint;
        if (every > 0 && this.step % every === 0) await this.observer.checkpoint(this.state());
      }
    });
  }

  finalEvaluation(): Promise<object> {
    return this.alone('evaluation', () => ({}));
  }

  checkpoint(): Promise<RunState> {
    return this.alone('checkpoint', () => this.state());
  }

  refitPicture(): boolean {
    return false;
  }

  search(): Promise<SearchAnswer> {
    return this.alone('evaluation', () => {
      throw new Error('a fake finds nothing');
    });
  }

  map(): Promise<never> {
    return Promise.reject(new Error('a fake draws nothing'));
  }

  think(): Promise<Thinking> {
    return this.search().then(() => Promise.reject(new Error('a fake thinks nothing')));
  }

  private state(): RunState {
    return {
      step: this.step,
      weights: [Float32Array.of(this.step)],
      stage: null,
      base: null,
      fingerprint: { chain: '00', steps: [...this.fingerprint.perStep] },
    };
  }

  /** Runs one call at a time, on a device that is open; anything else is a defect of the caller. */
  private async alone<T>(what: Fault, work: () => T | Promise<T>): Promise<T> {
    if (this.isBusy) throw new Error(`${what} in the middle of something else`);
    if (this.device.isDestroyed) throw new Error(`${what} on a device that was destroyed`);
    this.isBusy = true;
    try {
      await this.device.engine.pause();
      fail(this.device.engine, what);
      return await work();
    } finally {
      this.isBusy = false;
    }
  }
}
