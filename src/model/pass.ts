import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import type { Rows } from '../kernels/rows';
import type { TensorSet } from '../tensors/tensor-set';
import type { PartialSums } from './partial-sums';

/** What every layer records with: where, and how many of the rows (tokens) are live. */
export interface Pass {
  readonly recorder: Recorder;
  readonly counts: View;
  readonly rows: Rows;
  /** Scratch of an adapter's products A x, `lowRankWidth` floats a row; null or absent where there is no adapter. */
  readonly lowRank?: View | null;
}

/** Where a backward pass leaves what the weights get. A tensor that the set lacks is frozen: nothing is computed for it. */
export interface Gradients {
  readonly set: TensorSet;
  /** Where sums over rows are left in parts; null where none are. */
  readonly partial: PartialSums | null;
  /** Whether all are added to what is there: the pass is over a part of the batch. */
  readonly accumulate: boolean;
  /** The gradient of an adapter's A x, as `Pass.lowRank`. */
  readonly dlowRank?: View | null;
}
