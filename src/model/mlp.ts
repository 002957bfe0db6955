import type { View } from '../gpu/gpu';
import type { BackwardScratch, LayerActivations } from './activations';
import { Linear } from './linear';
import type { ModelData } from './model-data';
import type { Gradients, Pass } from './pass';

/** down(silu(gate(x)) · up(x)). */
export class Mlp {
  private readonly gateUp: Linear;
  private readonly down: Linear;

  constructor({ weights }: ModelData, layer: number) {
    this.gateUp = new Linear(weights, `${layer}.gate_up`);
    this.down = new Linear(weights, `${layer}.down`);
  }

  /** next = a.middle + MLP of a.normed2, all (N, C). @param next null: up to a.gated alone. */
  forward(pass: Pass, a: LayerActivations, next: View | null): void {
    this.gateUp.forwardSwiglu(pass, { x: a.normed2, gateUp: a.gateUp, out: a.gated });
    if (next) this.down.forward(pass, { x: a.gated, residual: a.middle, y: next });
  }

  /** s.dnormed of s.dx, which holds the gradient of what forward wrote. */
  backward(pass: Pass, a: LayerActivations, s: BackwardScratch, gradients: Gradients): void {
    const swiglu = { gateUp: a.gateUp, dgateUp: s.dgateUp };
    this.down.backward(pass, gradients, { x: a.gated, dy: s.dx, dx: s.dgated, swiglu });
    this.gateUp.backward(pass, gradients, { x: a.normed2, dy: s.dgateUp, dx: s.dnormed });
  }
}
