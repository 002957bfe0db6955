import type { View } from '../gpu/gpu';
import type { BackwardScratch, LayerActivations } from './activations';
import { Attention, type Attend } from './attention';
import type { BatchBuffers } from './batch';
import { Mlp } from './mlp';
import type { ModelData } from './model-data';
import { Norm } from './norm';
import type { Gradients, Pass } from './pass';

/** One layer of the transformer: middle = x + attention(norm1(x)); next = middle + mlp(norm2(middle)). */
export class Block {
  private readonly norm1: Norm;
  private readonly attention: Attention;
  private readonly norm2: Norm;
  private readonly mlp: Mlp;

  constructor(model: ModelData, layer: number) {
    const { rms_norm_eps: eps } = model.architecture;
    this.norm1 = new Norm(model.weights, `${layer}.norm1`, eps);
    this.attention = new Attention(model, layer);
    this.norm2 = new Norm(model.weights, `${layer}.norm2`, eps);
    this.mlp = new Mlp(model, layer);
  }

  /** `next` (N, C) from a.x (N, C). @param next null: only what the backward pass reads. */
  forward(pass: Pass, a: LayerActivations, positions: View, attend: Attend, next: View | null): void {
    this.norm1.forward(pass, { x: a.x, y: a.normed1, rstd: a.rstd1 });
    this.attention.forward(pass, a, positions, attend);
    this.norm2.forward(pass, { x: a.middle, y: a.normed2, rstd: a.rstd2 });
    this.mlp.forward(pass, a, next);
  }

  /** s.dx (N, C) holds the gradient of `next` on entry, of a.x on return. */
  backward(pass: Pass, a: LayerActivations, s: BackwardScratch, gradients: Gradients, batch: BatchBuffers): void {
    this.mlp.backward(pass, a, s, gradients);
    this.norm2.backward(pass, gradients, { x: a.middle, rstd: a.rstd2, dy: s.dnormed, dx: s.dx, accumulate: true });
    this.attention.backward(pass, a, s, gradients, batch);
    this.norm1.backward(pass, gradients, { x: a.x, rstd: a.rstd1, dy: s.dnormed, dx: s.dx, accumulate: true });
  }
}
