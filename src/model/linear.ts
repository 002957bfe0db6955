import type { Compute } from '../config/compute';
import type { View } from '../gpu/gpu';
import { linearSwiglu } from '../kernels/linear/linear-swiglu';
import { columnSum } from '../kernels/sums/column-sum';
import { swigluBackward, swigluForward } from '../kernels/swiglu/swiglu';
import { linearBackwardInput, linearBackwardWeight, linearForward, type LinearShape } from '../kernels/linear/linear';
import { linearBackward, type FromSwiglu } from '../kernels/linear/linear-backward';
import type { Tensor, TensorBlock, TensorSet } from '../tensors/tensor-set';
import { LowRank } from './low-rank';
import type { Gradients, Pass } from './pass';

/** y = x · wᵀ + b, the weight (outputs, inputs) in as many blocks of outputs as its tensor has. */
export class Linear {
  readonly inputs: number;
  readonly outputs: number;
  private readonly weight: Tensor;
  private readonly bias: View | undefined;
  private readonly lowRank: LowRank | null;
  private readonly compute: Compute;

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
    this.compute = weights.table.compute;
  }

  /** The layer over the rows of a pass. */
  private shape({ rows }: Pass): LinearShape {
    const { inputs, outputs, compute } = this;
    return { rows, inputs, outputs, compute };
  }

  /** y (N, outputs) of x (N, inputs), or that plus `residual` (N, outputs). */
  forward(pass: Pass, t: { x: View; y: View; residual?: View }): void {
    const { recorder, counts } = pass;
    const { dtype, blocks, scratch } = this.weight;
    for (const block of blocks) {
      const of = { weight: block.view, dtype, block, scratch };
      linearForward(recorder, { counts }, this.shape(pass), { ...t, ...of, bias: this.bias });
    }
    this.lowRank?.forward(pass, { ...t, outputs: this.outputs });
  }

  /** gateUp (N, outputs) of x (N, inputs), gates before what they let through, and out (N, outputs / 2) = SwiGLU of it. */
  forwardSwiglu(pass: Pass, t: { x: View; gateUp: View; out: View }): void {
    const { recorder, counts, rows } = pass;
    const { inputs, outputs, compute } = this;
    const features = outputs / 2;
    const { dtype, blocks, scratch } = this.weight;
    if (blocks.length === 1 && !this.lowRank && !this.bias) {
      const weight = blocks[0]!.view;
      linearSwiglu(recorder, { counts }, { rows, inputs, features, compute }, { ...t, weight, dtype, scratch });
      return;
    }
    this.forward(pass, { x: t.x, y: t.gateUp });
    swigluForward(recorder, { counts }, { rows, features, gateUp: t.gateUp, out: t.out });
  }

  /** dx (N, inputs) of dy (N, outputs), through the weight alone. */
  private backwardInput(pass: Pass, { dy, dx }: { dy: View; dx: View }): void {
    const { recorder, counts } = pass;
    const { dtype, blocks, scratch } = this.weight;
    for (const block of blocks) {
      const of = { weight: block.view, dtype, block, scratch };
      linearBackwardInput(recorder, { counts }, this.shape(pass), { ...of, dy, dx });
    }
  }

  /** The gradient of the weight, where it is trained. */
  private backwardWeight(pass: Pass, gradients: Gradients, { x, dy }: { x: View; dy: View }): void {
    const { recorder, counts } = pass;
    for (const block of this.trained(gradients)) {
      const to = this.gradientOf(gradients, block);
      linearBackwardWeight(recorder, { counts }, this.shape(pass), { x, dy, block, ...to });
    }
  }

  private trained({ set }: Gradients): readonly TensorBlock[] {
    return set.has(this.name) ? set.tensor(this.name).blocks : [];
  }

  /** The place of a block's gradient, whole or in parts. */
  private gradientOf({ partial, accumulate }: Gradients, { row, view }: TensorBlock) {
    const cut = partial?.of(this.name, row);
    return cut ? { dweight: cut.view, parts: cut.parts } : { dweight: view, accumulate };
  }

  /** The gradient of the bias, where it is trained. */
  private backwardBias({ recorder, counts, rows }: Pass, { set, partial }: Gradients, dy: View): void {
    const { outputs, biasName } = this;
    if (biasName !== undefined && set.has(biasName)) {
      const place = partial?.of(biasName);
      if (!place) throw new Error(`${biasName}: its gradient is a sum in parts, and has no place`);
      columnSum(recorder, { counts }, { rows, columns: outputs, x: dy, sums: place.view });
    }
  }

  /**
   * dx, and the gradients of what is trained, the adapter's among them.
   * @param t.swiglu what x was made of: its gradient is made of dx, which need not be kept then.
   */
  backward(pass: Pass, gradients: Gradients, t: { x: View; dy: View; dx: View; swiglu?: FromSwiglu }): void {
    const { recorder, counts, rows } = pass;
    const { inputs, outputs } = this;
    const trained = this.trained(gradients);
    const { blocks } = this.weight;
    this.backwardBias(pass, gradients, t.dy);
    // What an adapter is on is frozen: it adds its own to dx.
    if (trained.length === 1 && blocks.length === 1 && !this.lowRank) {
      const to = { ...this.gradientOf(gradients, trained[0]!), weight: blocks[0]!.view };
      linearBackward(recorder, { counts }, this.shape(pass), { ...t, ...to });
      return;
    }
    this.backwardInput(pass, t);
    this.backwardWeight(pass, gradients, t);
    this.lowRank?.backward(pass, gradients, { ...t, outputs });
    if (t.swiglu) swigluBackward(recorder, { counts }, { rows, features: inputs, dout: t.dx, ...t.swiglu });
  }
}
