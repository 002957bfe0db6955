import type { Recorder } from '../gpu/recorder';
import { attentionBackward } from '../kernels/attention';
import { embeddingBackward } from '../kernels/embedding';
import { linearBackwardInput, linearBackwardWeight } from '../kernels/linear';
import { plainNorm, rmsnormBackward } from '../kernels/rmsnorm';
import { rope } from '../kernels/rope';
import { COUNT, liveRows } from '../kernels/rows';
import { swigluBackward } from '../kernels/swiglu';
import type { Activations, BackwardScratch, LayerActivations } from './activations';
import type { BatchBuffers } from './batch';
import { headNorms } from './forward';
import type { Model } from './model';
import type { TensorSet } from '../tensors/tensor-set';

/**
 * Records the gradient of every parameter from scratch.dhidden (tokens, C). The embedding's gradient is added to what the
 * head left there (or to zero, which the caller clears where nothing did).
 */
export function recordBackward(
  recorder: Recorder,
  model: Model,
  batch: BatchBuffers,
  activations: Activations,
  scratch: BackwardScratch,
  gradients: TensorSet,
): void {
  const { counts, index } = batch;
  if (!index || activations.keep !== 'all')
    throw new Error('a backward pass needs a batch and activations made for training');
  const rows = liveRows(activations.tokens, COUNT.TOKENS);
  const channels = model.architecture.hidden_size;
  rmsnormBackward(recorder, { counts }, plainNorm(rows, channels), {
    x: activations.last,
    weight: model.weights.view('norm'),
    rstd: activations.rstd,
    dy: scratch.dhidden,
    dx: scratch.dx,
    dweight: gradients.view('norm'),
    sums: scratch.sums,
    accumulate: false,
  });
  for (let l = activations.layers.length - 1; l >= 0; l--) {
    recordLayer(recorder, model, batch, activations.layers[l]!, l, activations.tokens, scratch, gradients);
  }
  embeddingBackward(
    recorder,
    { counts },
    {
      rows: liveRows(activations.tokens, COUNT.DISTINCT),
      channels,
      ...index,
      dout: scratch.dx,
      dtable: gradients.view('embed'),
    },
  );
}

/** scratch.dx holds the gradient of the layer's output on entry, of its input on return. */
function recordLayer(
  recorder: Recorder,
  model: Model,
  batch: BatchBuffers,
  a: LayerActivations,
  l: number,
  tokens: number,
  s: BackwardScratch,
  gradients: TensorSet,
): void {
  const { counts } = batch;
  const rows = liveRows(tokens, COUNT.TOKENS);
  const { hidden_size: C, intermediate_size: F } = model.architecture;
  const shape = model.attentionShape(rows);
  const stride = model.qkvStride;
  const weight = (name: string) => model.weights.view(`${l}.${name}`);
  const grad = (name: string) => gradients.view(`${l}.${name}`);
  const { sums } = s;

  const down = { rows, inputs: F, outputs: C };
  linearBackwardInput(recorder, { counts }, down, { dy: s.dx, weight: weight('down'), dx: s.dgated });
  linearBackwardWeight(recorder, { counts }, down, { x: a.gated, dy: s.dx, dweight: grad('down'), sums });
  swigluBackward(recorder, { counts }, { rows, features: F, gateUp: a.gateUp, dout: s.dgated, dgateUp: s.dgateUp });
  const gateUp = { rows, inputs: C, outputs: 2 * F };
  linearBackwardInput(recorder, { counts }, gateUp, { dy: s.dgateUp, weight: weight('gate_up'), dx: s.dnormed });
  linearBackwardWeight(recorder, { counts }, gateUp, { x: a.normed2, dy: s.dgateUp, dweight: grad('gate_up'), sums });
  rmsnormBackward(recorder, { counts }, plainNorm(rows, C), {
    x: a.middle,
    weight: weight('norm2'),
    rstd: a.rstd2,
    dy: s.dnormed,
    dx: s.dx,
    dweight: grad('norm2'),
    sums,
    accumulate: true,
  });

  const o = { rows, inputs: shape.heads * shape.headDim, outputs: C };
  linearBackwardInput(recorder, { counts }, o, { dy: s.dx, weight: weight('o'), dx: s.dattention });
  linearBackwardWeight(recorder, { counts }, o, { x: a.attention, dy: s.dx, dweight: grad('o'), sums });
  attentionBackward(recorder, { counts }, shape, {
    seqStart: batch.seqStart,
    seqEnd: batch.seqEnd,
    qkv: a.qkv,
    out: a.attention,
    lse: a.lse,
    dout: s.dattention,
    delta: s.delta,
    dqkv: s.dqkv,
  });
  const heads = shape.heads + shape.kvHeads;
  rope(
    recorder,
    { counts },
    {
      rows,
      heads,
      headDim: shape.headDim,
      stride,
      positions: batch.positions,
      table: model.rope,
      qkv: s.dqkv,
      backward: true,
    },
  );
  if (a.qkvRaw && a.rstdQ && a.rstdK && s.dqkvRaw) {
    const { q, k } = headNorms(model, rows);
    // v passes as it is; q and k are overwritten.
    recorder.copy(s.dqkv, s.dqkvRaw);
    const shared = { x: a.qkvRaw, dy: s.dqkv, dx: s.dqkvRaw, sums, accumulate: false };
    rmsnormBackward(recorder, { counts }, q, {
      ...shared,
      weight: weight('q_norm'),
      rstd: a.rstdQ,
      dweight: grad('q_norm'),
    });
    rmsnormBackward(recorder, { counts }, k, {
      ...shared,
      weight: weight('k_norm'),
      rstd: a.rstdK,
      dweight: grad('k_norm'),
    });
  }
  const dqkv = s.dqkvRaw ?? s.dqkv;
  const qkv = { rows, inputs: C, outputs: stride };
  linearBackwardInput(recorder, { counts }, qkv, { dy: dqkv, weight: weight('qkv'), dx: s.dnormed });
  const dbias = model.table.has(`${l}.qkv_bias`) ? grad('qkv_bias') : undefined;
  linearBackwardWeight(recorder, { counts }, qkv, { x: a.normed1, dy: dqkv, dweight: grad('qkv'), dbias, sums });
  rmsnormBackward(recorder, { counts }, plainNorm(rows, C), {
    x: a.x,
    weight: weight('norm1'),
    rstd: a.rstd1,
    dy: s.dnormed,
    dx: s.dx,
    dweight: grad('norm1'),
    sums,
    accumulate: true,
  });
}
