import type { Dtype } from '../kernels/weights/weights';

/** Trained tensors have gradients and moments; frozen ones have nothing but their weights. */
export type TensorGroup = 'trained' | 'frozen';

/** The start values of a tensor: a normal draw for a sum of `fanIn` inputs, ones (norms) or zeros (biases). */
export type Initialisation =
  /** `residual`: written into the residual stream, so smaller by 1/√(2 layers) (Radford et al. 2019). */
  | { kind: 'normal'; fanIn: number; residual: boolean }
  /** Uniform between −`bound` and `bound`. */
  | { kind: 'uniform'; bound: number }
  | { kind: 'ones' }
  | { kind: 'zeros' };

/** A tensor of a Hugging Face checkpoint: the elements from `at` on of one of ours. */
export interface CheckpointPart {
  /** The tensor's name in `transformers`. */
  name: string;
  shape: readonly number[];
  at: number;
  length: number;
}

/**
 * One tensor as the kernels see it: q, k and v are one tensor, as are gate and up, so that one product makes all of
 * them.
 */
export interface TensorSpec {
  name: string;
  shape: readonly number[];
  /** Elements. */
  length: number;
  dtype: Dtype;
  group: TensorGroup;
  init: Initialisation;
  /** Its parts in order, without gaps. */
  parts: readonly CheckpointPart[];
}
