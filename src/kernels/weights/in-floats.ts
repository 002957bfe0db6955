import shader from '../../../shaders/nn/unpack_weights.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import type { KernelContext, Rows } from '../rows';
import { bytesOf, isPacked, weightConstants, type Dtype, type RowBlock } from './weights';

/** Rows of a weight in one binding. */
export interface WeightPart {
  weight: View;
  dtype: Dtype;
  block: RowBlock;
}

/** Up to this many rows a product reads packed weights as they lie: unpacking them first costs as much as the product. */
export const FEW_ROWS = 4;

/** Number of elements that one invocation unpacks. */
const RUN = 8;

/**
 * Calls `product` with a weight as it lies or, where it is packed and more than a few rows read it, with its rows in floats, as
 * many at a time as the scratch holds. Its values are the same, so a product that takes its parts in order has the same bits.
 * @param o.columns of the weight.
 * @param o.scratch floats, of a row at least; packed weights are read as they lie where there is none.
 */
export function inFloats(
  recorder: Recorder,
  { counts }: KernelContext,
  {
    rows,
    part,
    columns,
    scratch,
  }: { rows: Rows; part: WeightPart; columns: number; scratch?: View | null | undefined },
  product: (part: WeightPart) => void,
): void {
  const { dtype, block, weight } = part;
  if (!isPacked(dtype) || !scratch || rows.limit <= FEW_ROWS) {
    product(part);
    return;
  }
  const most = Math.floor(scratch.size / (4 * columns));
  for (let at = 0; at < block.rows; at += most) {
    const taken = Math.min(most, block.rows - at);
    const count = taken * columns;
    recorder.call(shader, {
      constants: weightConstants(dtype),
      uniforms: { rows, first: at * columns, count },
      bindings: { counts, b: weight, out: scratch },
      groups: grid(count / RUN, 64),
      work: () => ({ flops: 2 * count, bytes: bytesOf(dtype, count) + 4 * count }),
    });
    product({ weight: scratch, dtype: 'f32', block: { row: block.row + at, rows: taken } });
  }
}
