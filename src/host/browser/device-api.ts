import type { Capacity } from '../../records/device';
import type { StageName } from '../../records/records';

// Types of the messages about the browser's device: its adapter, and what a session costs.

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
