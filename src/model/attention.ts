import { hasQkNorm } from '../config/architecture';
import type { View } from '../gpu/gpu';
import { attentionBackward, attentionForward, type AttentionShape } from '../kernels/attention/attention';
import { rope } from '../kernels/rope/rope';
import type { BackwardScratch, LayerActivations } from './activations';
import type { BatchBuffers } from './batch';
import { Linear } from './linear';
import type { ModelData } from './model-data';
import { Norm } from './norm';
import type { Gradients, Pass } from './pass';

/** Records the attention of one layer: activations.attention from activations.qkv. */
export type Attend = (layer: number, activations: LayerActivations) => void;

/** Attention of packed sequences to themselves. */
export function attendPacked(pass: Pass, model: ModelData, batch: Pick<BatchBuffers, 'seqStart' | 'seqEnd'>): Attend {
  return (_, { qkv, attention, lse }) => {
    const shape = model.attentionShape(pass.rows);
    const { seqStart, seqEnd } = batch;
    attentionForward(pass.recorder, pass, shape, { seqStart, seqEnd, qkv, out: attention, lse });
  };
}

/** o(attend(rope(norm(qkv(x))))), the norm of q and k where the architecture has it. */
export class Attention {
  private readonly qkv: Linear;
  private readonly o: Linear;
  private readonly headNorms: { q: Norm; k: Norm } | null;
  private readonly stride: number;

  constructor(
    private readonly model: ModelData,
    private readonly layer: number,
  ) {
    const { weights, architecture: a } = model;
    this.qkv = new Linear(weights, `${layer}.qkv`, `${layer}.qkv_bias`);
    this.o = new Linear(weights, `${layer}.o`);
    const { outputs: stride } = this.qkv;
    this.stride = stride;
    const norm = (part: string, group: number, base: number) =>
      new Norm(weights, `${layer}.${part}_norm`, a.rms_norm_eps, { group, stride, base });
    const { num_attention_heads: heads, num_key_value_heads: kvHeads } = a;
    this.headNorms = hasQkNorm(a) ? { q: norm('q', heads, 0), k: norm('k', kvHeads, heads * a.head_dim) } : null;
  }

  /** a.middle = a.x + attention of a.normed1, all (N, C). */
  forward(pass: Pass, a: LayerActivations, positions: View, attend: Attend): void {
    this.qkv.forward(pass, { x: a.normed1, y: a.headNorms?.qkvRaw ?? a.qkv });
    if (this.headNorms && a.headNorms) {
      const { qkvRaw: x, rstdQ, rstdK } = a.headNorms;
      // v passes as it is; q and k are overwritten.
      pass.recorder.copy(x, a.qkv);
      this.headNorms.q.forward(pass, { x, y: a.qkv, rstd: rstdQ });
      this.headNorms.k.forward(pass, { x, y: a.qkv, rstd: rstdK });
    }
    this.turn(pass, positions, a.qkv, false);
    attend(this.layer, a);
    this.o.forward(pass, { x: a.attention, residual: a.x, y: a.middle });
  }

  /** s.dnormed of s.dx, which holds the gradient of a.middle. */
  backward(pass: Pass, a: LayerActivations, s: BackwardScratch, gradients: Gradients, batch: BatchBuffers): void {
    this.o.backward(pass, gradients, { x: a.attention, dy: s.dx, dx: s.dattention });
    attentionBackward(pass.recorder, pass, this.shape(pass), {
      seqStart: batch.seqStart,
      seqEnd: batch.seqEnd,
      qkv: a.qkv,
      out: a.attention,
      lse: a.lse,
      dout: s.dattention,
      delta: s.delta,
      dqkv: s.dqkv,
    });
    this.turn(pass, batch.positions, s.dqkv, true);
    if (this.headNorms && a.headNorms && s.dqkvRaw) {
      const { qkvRaw: x, rstdQ, rstdK } = a.headNorms;
      pass.recorder.copy(s.dqkv, s.dqkvRaw);
      this.headNorms.q.backward(pass, gradients, { x, rstd: rstdQ, dy: s.dqkv, dx: s.dqkvRaw });
      this.headNorms.k.backward(pass, gradients, { x, rstd: rstdK, dy: s.dqkv, dx: s.dqkvRaw });
    }
    this.qkv.backward(pass, gradients, { x: a.normed1, dy: s.dqkvRaw ?? s.dqkv, dx: s.dnormed });
  }

  private shape({ rows }: Pass): AttentionShape {
    return this.model.attentionShape(rows);
  }

  /** RoPE of the q and k heads, in place; backward turns them back. */
  private turn(pass: Pass, positions: View, qkv: View, backward: boolean): void {
    const { heads, kvHeads, headDim } = this.shape(pass);
    const { stride, model } = this;
    const t = { rows: pass.rows, heads: heads + kvHeads, headDim, stride, positions, table: model.rope, qkv, backward };
    rope(pass.recorder, pass, t);
  }
}
