import type { Capacity } from '../../records/device';
import type { StageName } from '../../records/records';
import type { Tuning } from '../../records/tuning';

// Types of the messages about the browser's device: its adapter, its tuning, and what a session costs.

export interface AdapterReport {
  vendor: string;
  architecture: string;
  description: string;
  /** A CPU adapter: correct, slow. */
  software: boolean;
  features: string[];
  limits: Record<string, number>;
  /** The largest models that can be trained from scratch in the memory of one buffer, for some sizes of a step. */
  capacity: Capacity[];
}

/** What is known of the tiles of products on the adapter. */
export interface TuningReport {
  /** Why nothing can be tuned here; null where something can. */
  untunable: string | null;
  /** The kept tuning; null where there is none that is used. */
  tuning: Tuning | null;
  /** For each of its shapes the tile that would be taken without it. */
  usual: readonly string[];
  /** The sentence why a tuning that is there is not used; null where there is no such one. */
  notice: string | null;
}

/** Shapes that were timed, of all. */
export interface TuningProgress {
  done: number;
  of: number;
}

export interface SessionCost {
  parameters: number;
  /** Bytes on the GPU: parameters, gradients, moments and activations. */
  gpuBytes: number;
  steps: number;
  /** Content hash of the task: its documents, queries and judgements. */
  taskHash: string;
  /** The most tokens that one step of each stage processes. */
  tokensPerStep: Partial<Record<StageName, number>>;
}
