import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import type { Rows } from '../kernels/rows';
import type { TensorSet } from '../tensors/tensor-set';
import type { PartialSums } from './partial-sums';

/** What every layer records with: the recorder, and how many of the rows (tokens) are live. */
export interface Pass {
  readonly recorder: Recorder;
  readonly counts: View;
  readonly rows: Rows;
  /** Scratch of an adapter's products A x, `lowRankWidth` floats a row; null or absent where there is no adapter. */
  readonly lowRank?: View | null;
}

/**
 * The place of the weights' gradients in a backward pass. A tensor that the set lacks is frozen: nothing is computed
 * for it.
 */
export interface Gradients {
  readonly set: TensorSet;
  /** The place for sums over rows in parts; null where none are left in parts. */
  readonly partial: PartialSums | null;
  /** Whether gradients are added to what is there, because the pass is over a part of the batch. */
  readonly accumulate: boolean;
  /** The gradient of an adapter's A x, as `Pass.lowRank`. */
  readonly dlowRank?: View | null;
}
