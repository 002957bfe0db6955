import type { Session } from '../../config/session';
import type { StageName as StageName } from '../../config/stages';
import type { Gpu } from '../../gpu/gpu';
import type { Model } from '../../model/model';
import type { GraphRecord, GraphStart, StepMetrics, TraceRecord } from '../../records/records';
import type { Task } from '../../tasks/task';
import type { Evaluator } from '../evaluate';
import type { FrozenModel } from '../frozen-model';
import type { TaskTokens } from '../task-tokens';
import type { TeacherVectors } from '../teacher';
import type { MomentPages } from '../train-step';
import type { Sentences } from './pretrain-batch';

/**
 * The state of a stage in a checkpoint within it: Adam's moments, and what else the stage needs, under its own names.
 */
export interface StageState {
  moments: MomentPages;
  numbers: Readonly<Record<string, number>>;
  arrays: Readonly<Record<string, Float32Array | Int32Array>>;
}

/**
 * One stage of a session, a step at a time. Steps are queued; `flush` waits for them and returns what they measured. The
 * session's runner knows no more of a stage than this.
 */
export interface Stage {
  readonly name: StageName;
  /** Milliseconds of one step, measured; 0 before the first. */
  readonly stepMilliseconds: number;
  /** Continues from a checkpoint within the stage; comes before `prepare`. */
  restore(state: StageState): void;
  /** Compiles and records everything that its steps run, and allocates what they need on the GPU. Computes nothing. */
  record(): Promise<void>;
  /** Records, and does what is needed before the first step unless `restore` was called. */
  prepare(): Promise<void>;
  /** Queues step t of the stage, from 1. At most `RING_SLOTS` steps lie between two flushes. */
  run(t: number): Promise<void>;
  /** The metrics of the steps queued since the last flush; `step` counts within the stage. */
  flush(): Promise<StepMetrics[]>;
  /** The stage's state, to be read between two flushes. */
  state(): Promise<StageState>;
  /** Fits the plane of its picture to the documents as they are now; absent where a stage draws none. */
  refitPicture?(): void;
  destroy(): void;
}

/** The data that a session's batches are made from; needs no device. */
export interface World {
  session: Session;
  task: Task;
  tokens: TaskTokens;
  sentences: Sentences;
}

/** Receives what a stage reports besides its metrics; steps count within the stage. */
export interface StageObserver {
  traces(traces: TraceRecord[]): void;
  /** @param positions of the documents in the plane after the refresh, (N, 2) */
  graph(record: GraphRecord, positions: Float32Array<ArrayBuffer>): void;
  /** The graph before the first step; not reported by a stage that continues from a checkpoint. */
  graphStart(start: GraphStart, positions: Float32Array<ArrayBuffer>): void;
}

/** The device, models and helpers that a stage works with. */
export interface StageContext extends World {
  gpu: Gpu;
  model: Model;
  frozen: FrozenModel;
  /** The teacher's embeddings of the texts; null where there is no teacher, and where nothing is computed. */
  teacher: TeacherVectors | null;
  observer: StageObserver;
  /** Exact search with the model as it stands. */
  search: () => Evaluator;
}
