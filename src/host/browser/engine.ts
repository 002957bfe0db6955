import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { AnyOpenedModel } from '../../formats/opened-model';
import type { Model } from '../../model/model';
import type { SelfTestResult } from '../../records/device';
import type { SessionProfile } from '../../records/profile';
import type { DocumentMap, Evaluation, SessionSpeed } from '../../records/records';
import type { Task } from '../../tasks/task';
import type { Probe, WorldCountry } from '../../tasks/world/data';
import type { SessionData } from '../../training/base';
import type { EmbeddingModel } from '../../training/benchmark/embedder';
import type { DivergedError } from '../../training/diverged';
import type { RunObserver, RunState } from '../../training/session-run';
import type { ProbedBase } from '../../training/world-probe';
import type {
  AdapterReport,
  ReasonProgress,
  RunPlan,
  SearchAnswer,
  SessionCost,
  Thinking,
  ThinkRequest,
} from './messages';

/** What trains sessions: the GPU's, or one that plays a script in a test. What a run may be put through is not its business. */
export interface Engine {
  /** @throws GpuUnavailableError where there is nothing to compute on. */
  adapter(): Promise<AdapterReport>;
  /** What a session would take, without a device. */
  cost(session: Session, data: SessionData): Promise<SessionCost>;
  /** A device, which whoever opened it destroys. @throws as `adapter` does. */
  open(): Promise<EngineDevice>;
}

export interface EngineDevice {
  /** In a few words, for a run's record. */
  readonly name: string;
  /**
   * @param ancestors of a fork, whose steps come before its own.
   * @throws what a session that this device does not hold throws; the device is destroyed all the same by whoever opened it.
   */
  train(session: Session, data: SessionData, observer: RunObserver, ancestors: Ancestors): Training;
  /**
   * An opened model, frozen, its weights as they are stored.
   * @param onProgress bytes written so far, and in all; it may throw to end the loading.
   * @throws InputError for weights that cannot be read.
   */
  load(opened: AnyOpenedModel, onProgress: (written: number, all: number) => void): Promise<EmbeddingModel>;
  /**
   * Asks a base what it knows of the task world.
   * @param tell bytes of its weights, then questions answered; it may throw to end the asking.
   */
  probe(base: ProbedBase, world: readonly WorldCountry[], tell: (progress: ReasonProgress) => void): Promise<Probe>;
  /**
   * Frees what `train` made, and runs the steps from `state` to the one that `seen` names again, with checks.
   * @returns what was seen and found, in one sentence; the bare message where it was cancelled.
   */
  explain(
    seen: DivergedError,
    session: Session,
    data: SessionData,
    ancestors: Ancestors,
    state: RunState | null,
    isCancelled: () => boolean,
  ): Promise<string>;
  /** How many of this many bytes it grants now; they are freed again. */
  granted(bytes: number): Promise<number>;
  /** How long a session's steps take; null where it was cancelled. */
  measure(session: Session, data: SessionData, isCancelled: () => boolean): Promise<SessionSpeed | null>;
  /** Where the time of the session's steps goes; null where it was cancelled. */
  profile(session: Session, data: SessionData, isCancelled: () => boolean): Promise<SessionProfile | null>;
  /** Held against the reference, told case by case. @returns how many cases there are; null where it was cancelled. */
  check(tell: (result: SelfTestResult) => void, isCancelled: () => boolean): Promise<number | null>;
  /** Whether the device is gone: asked after an error, which may come before the reason for it. */
  isLost(): Promise<boolean>;
  /** Frees all that was made on it. */
  destroy(): void;
}

/** A session in training. Its calls never overlap: whoever has it sees to that. */
export interface Training {
  readonly task: Task;
  readonly plan: RunPlan;
  /** Steps done. */
  readonly step: number;
  readonly isFinished: boolean;
  /** Of the steps done: the chain, and each step's link. */
  readonly fingerprint: { value: string; perStep: readonly string[] };
  /** Steps whose model can still be asked, ascending. */
  readonly modelSteps: readonly number[];
  /** @throws where there is none to rank with. */
  readonly model: Model;
  /** Reads the base that the session starts from; comes first. @param onProgress as `EngineDevice.load` has it. */
  load(onProgress: (read: number, all: number) => void): Promise<void>;
  restore(state: RunState): Promise<void>;
  /** Runs at most `limit` steps and tells the observer. */
  advance(limit: number): Promise<void>;
  finalEvaluation(): Promise<Evaluation>;
  /** All that is needed to continue from the last step. */
  checkpoint(): Promise<RunState>;
  /** Lays the picture of the graph out again; false where there is none. */
  refitPicture(): boolean;
  search(query: string, topK: number): Promise<SearchAnswer>;
  think(request: ThinkRequest): Promise<Thinking>;
  /** Where the documents lie as the model stands. */
  map(): Promise<DocumentMap>;
}
