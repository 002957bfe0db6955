import type { View } from '../gpu/gpu';
import { linearBackwardWeight, linearForward } from '../kernels/linear/linear';
import { matmul } from '../kernels/matmul/matmul';
import { fixedRows } from '../kernels/rows';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import type { Tensor, TensorSet } from '../tensors/tensor-set';
import { Linear } from './linear';
import type { Gradients, Pass } from './pass';
import { tokenRow, type TokenRow } from './token-row';

/**
 * Logits (N, V) of hidden states (N, C). Where the head is tied to the embedding and an adapter trains a token's row of it,
 * that token's logit comes of the trained row.
 */
export class OutputLayer {
  private readonly linear: Linear;
  private readonly table: Tensor;
  private readonly own: TokenRow | null;

  constructor(weights: TensorSet) {
    const { headName } = weights.table;
    this.linear = new Linear(weights, headName);
    this.table = weights.tensor(headName);
    this.own = headName === 'embed' ? tokenRow(weights) : null;
  }

  forward(pass: Pass, t: { x: View; y: View }): void {
    this.linear.forward(pass, t);
    if (!this.own) return;
    const { view: weight, block } = this.own;
    linearForward(pass.recorder, pass, this.shape(pass), { ...t, weight, block });
  }

  /** dx (N, C) of dy (N, V), and the gradient of what is trained. */
  backward(pass: Pass, gradients: Gradients, t: { x: View; dy: View; dx: View }): void {
    this.linear.backward(pass, gradients, t);
    if (!this.own) return;
    // The product above went through the base's row of the token: its part is taken out again, that of the trained row put in.
    const { row: token } = this.own.block;
    const { dtype, blocks } = this.table;
    const { inputs, outputs } = this.linear;
    const held = blocks.find(({ row, rows }) => token >= row && token < row + rows)!;
    const parts = [
      { b: { view: held.view, base: (token - held.row) * inputs, dtype }, scale: -1 },
      { b: { view: this.own.view }, scale: 1 },
    ];
    for (const { b, scale } of parts) {
      matmul(pass.recorder, pass, {
        rows: pass.rows,
        inner: fixedRows(1),
        columns: inputs,
        a: { view: t.dy, stride: outputs, base: token },
        b: { ...b, stride: inputs },
        c: t.dx,
        cStride: inputs,
        scale,
        accumulate: true,
      });
    }
    const { block } = this.own;
    const { set, accumulate } = gradients;
    const to = { dweight: set.view(TOKEN_ROW), block, accumulate };
    linearBackwardWeight(pass.recorder, pass, this.shape(pass), { ...t, ...to });
  }

  private shape({ rows }: Pass) {
    const { inputs, outputs } = this.linear;
    return { rows, inputs, outputs };
  }
}
