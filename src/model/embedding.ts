import type { View } from '../gpu/gpu';
import { embeddingBackward, embeddingForward } from '../kernels/embedding/embedding';
import { COUNT, liveRows } from '../kernels/rows';
import type { RowBlock } from '../kernels/weights/weights';
import type { Tensor, TensorSet } from '../tensors/tensor-set';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import type { BatchBuffers } from './batch';
import type { Gradients, Pass } from './pass';
import { tokenRow, type TokenRow } from './token-row';

/** Tokens to the rows of a table (V, C), of which an adapter may train one of its own. */
export class Embedding {
  private readonly table: Tensor;
  private readonly channels: number;
  private readonly own: TokenRow | null;

  constructor(
    weights: TensorSet,
    private readonly name: string,
  ) {
    this.table = weights.tensor(name);
    this.channels = this.table.shape[1]!;
    this.own = tokenRow(weights);
  }

  /** out (N, C) at ids (N). */
  forward({ recorder, counts, rows }: Pass, { ids, out }: { ids: View; out: View }): void {
    const { channels } = this;
    const { dtype, blocks } = this.table;
    for (const block of blocks) {
      embeddingForward(recorder, { counts }, { rows, channels, ids, table: block.view, dtype, block, out });
    }
    if (this.own) {
      const { view: table, block } = this.own;
      embeddingForward(recorder, { counts }, { rows, channels, ids, table, block, out });
    }
  }

  /** The table's gradient += dout (N, C), where it is trained. @param index the batch's rows by token. */
  backward(
    { recorder, counts, rows }: Pass,
    { set }: Gradients,
    { index, dout }: { index: NonNullable<BatchBuffers['index']>; dout: View },
  ): void {
    const distinct = liveRows(rows.limit, COUNT.DISTINCT);
    const { channels } = this;
    const add = (dtable: View, block: RowBlock): void => {
      embeddingBackward(recorder, { counts }, { rows: distinct, channels, ...index, dout, dtable, block });
    };
    if (set.has(this.name)) for (const block of set.tensor(this.name).blocks) add(block.view, block);
    if (this.own) add(set.view(TOKEN_ROW), this.own.block);
  }
}
