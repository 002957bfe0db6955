import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { AnyOpenedModel } from '../../formats/opened-model';
import type { Model } from '../../model/model';
import type { SelfTestResult } from '../../records/device';
import type { SessionProfile } from '../../records/profile';
import type { DocumentMap, Evaluation, SessionSpeed } from '../../records/records';
import type { Tuning } from '../../records/tuning';
import type { Task } from '../../tasks/task';
import type { Probe, WorldCountry } from '../../tasks/world/data';
import type { SessionData } from '../../training/base';
import type { EmbeddingModel } from '../../training/benchmark/embedder';
import type { DivergedError } from '../../training/diverged';
import type { RunObserver, RunState } from '../../training/session-run';
import type { Teacher, TeacherVectors } from '../../training/teacher';
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

/**
 * An engine that trains sessions: the real one on the GPU, or a scripted one in tests. It knows nothing of pausing,
 * storage and tabs.
 */
export interface Engine {
  /** @throws GpuUnavailableError where there is nothing to compute on. */
  adapter(): Promise<AdapterReport>;
  /** Computes what a session would take, without a device. */
  cost(session: Session, data: SessionData): Promise<SessionCost>;
  /** Opens a device, which the caller destroys. @throws as `adapter` does. */
  open(): Promise<EngineDevice>;
}

export interface EngineDevice {
  /** Short description for a run's record. */
  readonly name: string;
  /**
   * Begins to train a session.
   * @param ancestors of a fork, whose steps come before its own.
   * @throws for a session that this device cannot run; the caller still destroys the device.
   */
  train(session: Session, data: SessionData, observer: RunObserver, ancestors: Ancestors): Training;
  /**
   * Loads an opened model, frozen, its weights as they are stored.
   * @param onProgress bytes written so far, and in all; it may throw to end the loading.
   * @throws InputError for weights that cannot be read.
   */
  load(opened: AnyOpenedModel, onProgress: (written: number, all: number) => void): Promise<EmbeddingModel>;
  /** Embeds the texts of a task that a teacher ranks; what is kept of them is read. */
  taught(teacher: Teacher, task: Task): Promise<TeacherVectors>;
  /**
   * Probes what a base knows of the task world.
   * @param tell bytes of its weights, then questions answered; it may throw to end the probe.
   */
  probe(base: ProbedBase, world: readonly WorldCountry[], tell: (progress: ReasonProgress) => void): Promise<Probe>;
  /**
   * Looks for the cause of a divergence: releases what `train` made, and runs the steps from `state` to the one that
   * `seen` names again, with checks.
   * @returns what was noticed and found, in one sentence; the bare message where it was cancelled.
   */
  explain(
    seen: DivergedError,
    session: Session,
    data: SessionData,
    ancestors: Ancestors,
    state: RunState | null,
    isCancelled: () => boolean,
  ): Promise<string>;
  /** Measures how many of `bytes` bytes the device grants now; they are released again. */
  granted(bytes: number): Promise<number>;
  /** Measures how long a session's steps take; null where it was cancelled. */
  measure(session: Session, data: SessionData, isCancelled: () => boolean): Promise<SessionSpeed | null>;
  /** Measures where the time of the session's steps goes; null where it was cancelled. */
  profile(session: Session, data: SessionData, isCancelled: () => boolean): Promise<SessionProfile | null>;
  /**
   * Tests the engine against the reference.
   * @param tell receives the result of each case.
   * @returns number of cases; null where it was cancelled.
   */
  check(tell: (result: SelfTestResult) => void, isCancelled: () => boolean): Promise<number | null>;
  /**
   * Times the tiles of products, about three seconds.
   * @param tell shapes that are done, and all.
   * @returns what to keep; null where it was cancelled.
   */
  tune(tell: (done: number, of: number) => void, isCancelled: () => boolean): Promise<Tuning | null>;
  /** Whether the device is lost: called after an error, which may come before the reason of the loss. */
  isLost(): Promise<boolean>;
  /** Releases everything that was made on it. */
  destroy(): void;
}

/** A session in training. The caller makes sure that its calls never overlap. */
export interface Training {
  readonly task: Task;
  readonly plan: RunPlan;
  /** Steps done. */
  readonly step: number;
  readonly isFinished: boolean;
  /** The fingerprint of the steps done: the chain, and each step's link. */
  readonly fingerprint: { value: string; perStep: readonly string[] };
  /** Steps whose model can still be used, ascending. */
  readonly modelSteps: readonly number[];
  /** The model to rank with. @throws where there is none. */
  readonly model: Model;
  /**
   * Loads the base that the session starts from; called before the other methods.
   * @param onProgress see `EngineDevice.load`.
   */
  load(onProgress: (read: number, all: number) => void): Promise<void>;
  restore(state: RunState): Promise<void>;
  /** Runs at most `limit` steps; their events go to the observer. */
  advance(limit: number): Promise<void>;
  finalEvaluation(): Promise<Evaluation>;
  /** The state that the run can continue from after the last step. */
  checkpoint(): Promise<RunState>;
  /** Fits the picture of the graph again; false where there is none. */
  refitPicture(): boolean;
  search(query: string, topK: number): Promise<SearchAnswer>;
  think(request: ThinkRequest): Promise<Thinking>;
  /** The map of the documents by the current model. */
  map(): Promise<DocumentMap>;
}
