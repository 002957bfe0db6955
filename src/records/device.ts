import type { Session } from '../config/session';

/** What became of a case of the self-test. */
export interface SelfTestResult {
  name: string;
  about: string;
  pass: boolean;
  /** The largest error of the case: absolute for values, relative for gradients as a whole; 0 where bits are compared. */
  largest: number;
  /** Of what that is. */
  worst: string;
  /** How many values or tensors were compared. */
  compared: number;
  milliseconds: number;
}

/** A model that can be trained from scratch in so much memory. */
export interface Capacity {
  /** Of one step. */
  tokens: number;
  /** Of a step: kept for its backward pass, or computed again there. */
  activations: Session['model']['activations'];
  parameters: number;
  hidden_size: number;
  num_hidden_layers: number;
  bytes: number;
}
