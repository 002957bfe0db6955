import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import type { Rows } from '../kernels/rows';
import type { TensorSet } from '../tensors/tensor-set';

/** What every layer records with: where, and how many of the rows (tokens) are live. */
export interface Pass {
  readonly recorder: Recorder;
  readonly counts: View;
  readonly rows: Rows;
}

/** Where a backward pass leaves what the weights get. A tensor that the set lacks is frozen: nothing is computed for it. */
export interface Gradients {
  readonly set: TensorSet;
  /** Scratch of sums over rows: ⌈rows / `SUM_BLOCK`⌉ of the widest. */
  readonly sums: View;
}
