import type { View } from '../gpu/gpu';
import type { RowBlock } from '../kernels/weights/weights';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import type { TensorSet } from '../tensors/tensor-set';

/** One token's row of the embedding (1, C) that an adapter trains, as a block of the table. */
export interface TokenRow {
  view: View;
  block: RowBlock;
}

/** The trained row of an adapter; null where it trains none, or there is no adapter. */
export function tokenRow(weights: TensorSet): TokenRow | null {
  const token = weights.table.adapter?.embedToken ?? null;
  return token === null ? null : { view: weights.view(TOKEN_ROW), block: { row: token, rows: 1 } };
}
