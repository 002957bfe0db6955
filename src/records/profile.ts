import type { StageName } from './records';

/** The dispatches of one kernel in a step. */
export interface KernelProfile {
  kernel: string;
  dispatches: number;
  flops: number;
  bytes: number;
  /** Time by the GPU's clock; null where the adapter has no timestamps. */
  milliseconds: number | null;
}

/** Where the time of one step of a stage goes. */
export interface StageProfile {
  stage: StageName;
  /** Milliseconds of a step as it usually runs, by the clock. */
  milliseconds: number;
  /** Tokens that the step's update learnt from. */
  tokens: number;
  dispatches: number;
  /** The kernels that take longest first; without timestamps, those that compute most. */
  kernels: KernelProfile[];
  /** Bytes that were held, by what they hold. */
  memory: { owner: string; bytes: number }[];
}

export interface SessionProfile {
  /** Whether the adapter measures how long a dispatch took. */
  timestamps: boolean;
  stages: StageProfile[];
}
