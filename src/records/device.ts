import type { Session } from '../config/session';

/** What became of a case of the self-test. */
export interface SelfTestResult {
  name: string;
  about: string;
  pass: boolean;
  /** The largest error of the case: absolute for values, relative for gradients as a whole; 0 where bits are compared. */
  largest: number;
  /** Name of the tensor or value with the largest difference. */
  worst: string;
  /** Number of values or tensors compared. */
  compared: number;
  milliseconds: number;
}

/** A model that can be trained from scratch in so much memory. */
export interface Capacity {
  /** Tokens of one step. */
  tokens: number;
  /** Whether a step keeps its activations for the backward pass, or computes them again there. */
  activations: Session['model']['activations'];
  parameters: number;
  hidden_size: number;
  num_hidden_layers: number;
  bytes: number;
}
