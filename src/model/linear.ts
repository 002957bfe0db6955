import type { View } from '../gpu/gpu';
import { columnSum } from '../kernels/sums/column-sum';
import { linearBackwardInput, linearBackwardWeight, linearForward } from '../kernels/linear/linear';
import type { Tensor, TensorSet } from '../tensors/tensor-set';
import { LowRank } from './low-rank';
import type { Gradients, Pass } from './pass';

/** y = x · wᵀ + b, the weight (outputs, inputs) in as many blocks of outputs as its tensor has. */
export class Linear {
  readonly inputs: number;
  readonly outputs: number;
  private readonly weight: Tensor;
  private readonly bias: View | undefined;
  private readonly lowRank: LowRank | null;

  /** @param bias name of the bias, used where the model has it. */
  constructor(
    weights: TensorSet,
    private readonly name: string,
    private readonly biasName?: string,
  ) {
    this.weight = weights.tensor(name);
    this.bias = biasName !== undefined && weights.has(biasName) ? weights.view(biasName) : undefined;
    this.lowRank = LowRank.of(weights, name);
    [this.outputs = 0, this.inputs = 0] = this.weight.shape;
  }

  /** y (N, outputs) of x (N, inputs), or that plus `residual` (N, outputs). */
  forward(pass: Pass, t: { x: View; y: View; residual?: View }): void {
    const { recorder, counts, rows } = pass;
    const { inputs, outputs } = this;
    const { dtype, blocks, scratch } = this.weight;
    for (const block of blocks) {
      const of = { weight: block.view, dtype, block, scratch };
      linearForward(recorder, { counts }, { rows, inputs, outputs }, { ...t, ...of, bias: this.bias });
    }
    this.lowRank?.forward(pass, { ...t, outputs });
  }

  /** dx (N, inputs) of dy (N, outputs), through the weight alone. */
  backwardInput({ recorder, counts, rows }: Pass, { dy, dx }: { dy: View; dx: View }): void {
    const { inputs, outputs } = this;
    const { dtype, blocks, scratch } = this.weight;
    for (const block of blocks) {
      const of = { weight: block.view, dtype, block, scratch };
      linearBackwardInput(recorder, { counts }, { rows, inputs, outputs }, { ...of, dy, dx });
    }
  }

  /** The gradients of the weight and the bias, where they are trained. */
  backwardWeight(
    { recorder, counts, rows }: Pass,
    { set, partial, accumulate }: Gradients,
    { x, dy }: { x: View; dy: View },
  ): void {
    const { inputs, outputs, name, biasName } = this;
    if (set.has(name)) {
      for (const block of set.tensor(name).blocks) {
        const cut = partial?.of(name, block.row);
        const to = cut ? { dweight: cut.view, parts: cut.parts } : { dweight: block.view, accumulate };
        linearBackwardWeight(recorder, { counts }, { rows, inputs, outputs }, { x, dy, block, ...to });
      }
    }
    if (biasName !== undefined && set.has(biasName)) {
      const place = partial?.of(biasName);
      if (!place) throw new Error(`${biasName}: its gradient is a sum in parts, and has no place`);
      columnSum(recorder, { counts }, { rows, columns: outputs, x: dy, sums: place.view });
    }
  }

  /** Both, and the adapter's, as most layers need them. */
  backward(pass: Pass, gradients: Gradients, t: { x: View; dy: View; dx: View }): void {
    this.backwardInput(pass, t);
    this.backwardWeight(pass, gradients, t);
    this.lowRank?.backward(pass, gradients, { ...t, outputs: this.outputs });
  }
}
