import { hasQkNorm } from '../config/architecture';
import type { Recorder } from '../gpu/recorder';
import { attentionForward } from '../kernels/attention';
import { embeddingForward } from '../kernels/embedding';
import { linearForward } from '../kernels/linear';
import { plainNorm, rmsnormForward, type NormShape } from '../kernels/rmsnorm';
import { rope } from '../kernels/rope';
import { COUNT, liveRows } from '../kernels/rows';
import { swigluForward } from '../kernels/swiglu';
import type { Activations, LayerActivations } from './activations';
import type { BatchBuffers } from './batch';
import type { Model } from './model';

/** Where the q and the k heads lie in a qkv row. */
export function headNorms(model: Model, rows: NormShape['rows']): { q: NormShape; k: NormShape } {
  const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: channels } = model.architecture;
  const stride = model.qkvStride;
  return {
    q: { rows, channels, group: heads, stride, base: 0 },
    k: { rows, channels, group: kvHeads, stride, base: heads * channels },
  };
}

/** Records the attention of one layer: activations.attention from activations.qkv. */
export type Attend = (layer: number, activations: LayerActivations) => void;

/** Attention of packed sequences to themselves. */
export function attendPacked(recorder: Recorder, model: Model, batch: BatchBuffers, tokens: number): Attend {
  const shape = model.attentionShape(liveRows(tokens, COUNT.TOKENS));
  return (_, { qkv, attention, lse }) => {
    attentionForward(recorder, batch, shape, { seqStart: batch.seqStart, qkv, out: attention, lse });
  };
}

/** Records embedding, layers and final norm: activations.hidden (tokens, C) of the packed batch. */
export function recordForward(recorder: Recorder, model: Model, batch: BatchBuffers, activations: Activations): void {
  recordTransformer(recorder, model, batch, activations, attendPacked(recorder, model, batch, activations.tokens));
}

/** The tokens that a pass reads: ids and positions (rows), and how many rows are live. */
export type TokenRows = Pick<BatchBuffers, 'ids' | 'positions' | 'counts'>;

/** The same with any attention: over packed sequences, or over a cache. */
export function recordTransformer(
  recorder: Recorder,
  model: Model,
  batch: TokenRows,
  activations: Activations,
  attend: Attend,
): void {
  const { counts } = batch;
  const rows = liveRows(activations.tokens, COUNT.TOKENS);
  const { hidden_size: channels, num_hidden_layers: layers, rms_norm_eps: eps } = model.architecture;
  const weights = model.weights;
  const x0 = activations.layers[0]!.x;
  embeddingForward(recorder, { counts }, { rows, channels, ids: batch.ids, table: weights.view('embed'), out: x0 });
  for (let l = 0; l < layers; l++) {
    const next = activations.layers[l + 1]?.x ?? activations.last;
    recordLayer(recorder, model, batch, activations.layers[l]!, l, activations.tokens, next, attend);
  }
  rmsnormForward(recorder, { counts }, plainNorm(rows, channels), {
    eps,
    x: activations.last,
    weight: weights.view('norm'),
    y: activations.hidden,
    rstd: activations.rstd,
  });
}

function recordLayer(
  recorder: Recorder,
  model: Model,
  batch: TokenRows,
  a: LayerActivations,
  l: number,
  tokens: number,
  next: LayerActivations['x'],
  attend: Attend,
): void {
  const { counts } = batch;
  const rows = liveRows(tokens, COUNT.TOKENS);
  const { hidden_size: C, intermediate_size: F, rms_norm_eps: eps } = model.architecture;
  const shape = model.attentionShape(rows);
  const stride = model.qkvStride;
  const weight = (name: string) => model.weights.view(`${l}.${name}`);

  rmsnormForward(recorder, { counts }, plainNorm(rows, C), {
    eps,
    x: a.x,
    weight: weight('norm1'),
    y: a.normed1,
    rstd: a.rstd1,
  });
  const bias = model.table.has(`${l}.qkv_bias`) ? weight('qkv_bias') : undefined;
  const raw = a.qkvRaw ?? a.qkv;
  linearForward(
    recorder,
    { counts },
    { rows, inputs: C, outputs: stride },
    { x: a.normed1, weight: weight('qkv'), bias, y: raw },
  );
  if (hasQkNorm(model.architecture) && a.qkvRaw && a.rstdQ && a.rstdK) {
    const { q, k } = headNorms(model, rows);
    recorder.copy(a.qkvRaw, a.qkv);
    rmsnormForward(recorder, { counts }, q, { eps, x: a.qkvRaw, weight: weight('q_norm'), y: a.qkv, rstd: a.rstdQ });
    rmsnormForward(recorder, { counts }, k, { eps, x: a.qkvRaw, weight: weight('k_norm'), y: a.qkv, rstd: a.rstdK });
  }
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
      qkv: a.qkv,
      backward: false,
    },
  );
  attend(l, a);
  const width = shape.heads * shape.headDim;
  linearForward(
    recorder,
    { counts },
    { rows, inputs: width, outputs: C },
    { x: a.attention, weight: weight('o'), residual: a.x, y: a.middle },
  );

  rmsnormForward(recorder, { counts }, plainNorm(rows, C), {
    eps,
    x: a.middle,
    weight: weight('norm2'),
    y: a.normed2,
    rstd: a.rstd2,
  });
  linearForward(
    recorder,
    { counts },
    { rows, inputs: C, outputs: 2 * F },
    { x: a.normed2, weight: weight('gate_up'), y: a.gateUp },
  );
  swigluForward(recorder, { counts }, { rows, features: F, gateUp: a.gateUp, out: a.gated });
  linearForward(
    recorder,
    { counts },
    { rows, inputs: F, outputs: C },
    { x: a.gated, weight: weight('down'), residual: a.middle, y: next },
  );
}
