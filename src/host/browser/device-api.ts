import type { Session } from '../../config/session';
import type { Capacity, SelfTestResult } from '../../records/device';
import type { SessionProfile } from '../../records/profile';
import type { SessionSpeed, StageName } from '../../records/records';
import type { Listener } from './wire';

/** What the browser offers, and what a session would need of it. */
export interface DeviceApi {
  /** @throws GpuUnavailableError with a reason where there is nothing. */
  adapter(): Promise<AdapterReport>;
  /** Parameters, memory and steps of a session, without running it. */
  cost(session: Session): Promise<SessionCost>;
  /** Runs about a second of the session's steps and throws them away; null where it was cancelled. Not beside a run. */
  measure(session: Session): Promise<SessionSpeed | null>;
  cancelMeasure(): Promise<void>;
  /** Times the kernels of a step of each of the session's stages; null where it was cancelled. Not beside a run. */
  profile(session: Session): Promise<SessionProfile | null>;
  cancelProfile(): Promise<void>;
  /**
   * Holds the engine against its f64 reference on this device, some seconds, and tells case by case. Not beside a run.
   * @returns how many cases there are; null where it was cancelled.
   */
  check(tell: Listener<SelfTestResult>): Promise<number | null>;
  cancelCheck(): Promise<void>;
}

export interface AdapterReport {
  vendor: string;
  architecture: string;
  description: string;
  /** A CPU adapter: correct, slow. */
  software: boolean;
  features: string[];
  limits: Record<string, number>;
  /** What can be trained from scratch in one buffer's worth of memory, for some sizes of a step. */
  capacity: Capacity[];
}

export interface SessionCost {
  parameters: number;
  /** Bytes on the GPU: parameters, gradients, moments and activations. */
  gpuBytes: number;
  steps: number;
  /** Content hash of the task: its documents, queries and judgements. */
  taskHash: string;
  /** Tokens that one step of each stage processes at most. */
  tokensPerStep: Partial<Record<StageName, number>>;
}
