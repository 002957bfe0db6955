import type { View } from '../../gpu/gpu';
import { layernormForward } from '../../kernels/layernorm/layernorm';
import type { TensorSet } from '../../tensors/tensor-set';
import type { Pass } from '../pass';

/** y = layer norm of x + residual, with a weight and a bias. */
export class LayerNorm {
  private readonly weight: View;
  private readonly bias: View;

  constructor(
    weights: TensorSet,
    name: string,
    private readonly eps: number,
  ) {
    this.weight = weights.view(`${name}_weight`);
    this.bias = weights.view(`${name}_bias`);
  }

  /** y (N, C), which may be a buffer that neither of the others is. */
  forward({ recorder, counts, rows }: Pass, t: { x: View; residual: View; y: View }): void {
    const { weight, bias, eps } = this;
    layernormForward(recorder, { counts }, { rows, channels: weight.size / 4, eps, ...t, weight, bias });
  }
}
