import type { View } from '../gpu/gpu';
import { plainNorm, rmsnormBackward, rmsnormForward, type NormShape } from '../kernels/rmsnorm/rmsnorm';
import type { TensorSet } from '../tensors/tensor-set';
import type { Gradients, Pass } from './pass';

/** The vectors of a row that are normed: `group` of them, the first at `base` of a row's `stride` floats. */
type Vectors = Pick<NormShape, 'group' | 'stride' | 'base'>;

/** y = x / rms(x) · w, over whole rows, or over every head of a row. */
export class Norm {
  private readonly weight: View;
  private readonly channels: number;

  constructor(
    weights: TensorSet,
    private readonly name: string,
    private readonly eps: number,
    private readonly vectors?: Vectors,
  ) {
    this.weight = weights.view(name);
    this.channels = this.weight.size / 4;
  }

  private shape({ rows }: Pass): NormShape {
    const { channels } = this;
    return this.vectors ? { rows, channels, ...this.vectors } : plainNorm(rows, channels);
  }

  /** y (N, …) of x (N, …); rstd (N · group) is kept for the backward pass. */
  forward(pass: Pass, t: { x: View; y: View; rstd: View }): void {
    const { weight, eps } = this;
    rmsnormForward(pass.recorder, pass, this.shape(pass), { ...t, weight, eps });
  }

  /** dx (+)= …, and the weight's gradient where it is trained. */
  backward(
    pass: Pass,
    { set, partial }: Gradients,
    { accumulate = false, ...t }: { x: View; rstd: View; dy: View; dx: View; accumulate?: boolean },
  ): void {
    const sums = partial?.of(this.name)?.view;
    if (set.has(this.name) && !sums) throw new Error(`${this.name}: its gradient is a sum in parts, and has no place`);
    const { weight } = this;
    rmsnormBackward(pass.recorder, pass, this.shape(pass), { ...t, weight, sums, accumulate });
  }
}
