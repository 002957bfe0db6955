import type { View } from '../gpu/gpu';
import { embeddingBackward, embeddingForward } from '../kernels/embedding/embedding';
import { COUNT, liveRows } from '../kernels/rows';
import type { Tensor, TensorSet } from '../tensors/tensor-set';
import type { BatchBuffers } from './batch';
import type { Gradients, Pass } from './pass';

/** Tokens to the rows of a table (V, C). */
export class Embedding {
  private readonly table: Tensor;
  private readonly channels: number;

  constructor(
    weights: TensorSet,
    private readonly name: string,
  ) {
    this.table = weights.tensor(name);
    this.channels = this.table.shape[1]!;
  }

  /** out (N, C) at ids (N). */
  forward({ recorder, counts, rows }: Pass, { ids, out }: { ids: View; out: View }): void {
    const { channels } = this;
    const { dtype, blocks } = this.table;
    for (const block of blocks) {
      embeddingForward(recorder, { counts }, { rows, channels, ids, table: block.view, dtype, block, out });
    }
  }

  /** The table's gradient += dout (N, C), where it is trained. @param index the batch's rows by token. */
  backward(
    { recorder, counts, rows }: Pass,
    { set }: Gradients,
    { index, dout }: { index: NonNullable<BatchBuffers['index']>; dout: View },
  ): void {
    if (!set.has(this.name)) return;
    const distinct = liveRows(rows.limit, COUNT.DISTINCT);
    const { channels } = this;
    for (const block of set.tensor(this.name).blocks) {
      const t = { rows: distinct, channels, ...index, dout, dtable: block.view, block };
      embeddingBackward(recorder, { counts }, t);
    }
  }
}
