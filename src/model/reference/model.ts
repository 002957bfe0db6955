import type { Architecture } from '../../config/architecture';
import { embeddingBackward, embeddingForward } from '../../kernels/embedding/embedding.reference';
import { linearBackward, linearForward } from '../../kernels/linear/linear.reference';
import { rmsnormBackward, rmsnormForward } from '../../kernels/rmsnorm/rmsnorm.reference';
import { ropeTable } from '../../kernels/rope/rope.reference';
import { EMBEDDING, FINAL_NORM } from '../../tensors/layout';
import { layerBackward, layerForward, type LayerContext, type LayerSaved } from './layer';
import type { PackedBatch } from './packing';
import { accumulate, headTensor, tensor, type Gradients, type Parameters } from './parameters';

/** A forward pass, with all that its backward needs. */
export interface ModelPass {
  context: LayerContext;
  layers: LayerSaved[];
  /** The residual stream after the last layer (N, d), and the final norm's rstd (N). */
  last: Float64Array;
  rstd: Float64Array;
  /** Hidden states after the final norm (N, d). */
  hidden: Float64Array;
}

/** Packed ids (N) → hidden (N, d) after the final norm. */
export function modelForward(architecture: Architecture, parameters: Parameters, batch: PackedBatch): ModelPass {
  const positions = batch.positions.reduce((a, b) => Math.max(a, b), 0) + 1;
  const table = ropeTable(positions, architecture.head_dim, architecture.rope_theta, architecture.rope_scaling);
  const context: LayerContext = { architecture, parameters, batch, table };
  const layers: LayerSaved[] = [];
  let x = embeddingForward(tensor(parameters, EMBEDDING), batch.ids, architecture.hidden_size);
  for (let layer = 0; layer < architecture.num_hidden_layers; layer++) {
    const { y, saved } = layerForward(context, layer, x);
    layers.push(saved);
    x = y;
  }
  const { y: hidden, rstd } = rmsnormForward(x, tensor(parameters, FINAL_NORM), architecture.rms_norm_eps);
  return { context, layers, last: x, rstd, hidden };
}

/** dhidden (N, d) → every tensor's gradient, added to `gradients`. */
export function modelBackward(pass: ModelPass, dhidden: Float64Array, gradients: Gradients): void {
  const { architecture, parameters, batch } = pass.context;
  const final = rmsnormBackward(dhidden, pass.last, tensor(parameters, FINAL_NORM), pass.rstd);
  accumulate(gradients, FINAL_NORM, final.dweight);
  let dx = final.dx;
  for (let layer = architecture.num_hidden_layers - 1; layer >= 0; layer--) {
    dx = layerBackward(pass.context, layer, dx, pass.layers[layer]!, gradients);
  }
  const dtable = embeddingBackward(dx, batch.ids, architecture.vocab_size, architecture.hidden_size);
  accumulate(gradients, EMBEDDING, dtable);
}

/** hidden (S, d) → logits (S, V), by the embedding's table where the head is tied. */
export function headForward(architecture: Architecture, parameters: Parameters, hidden: Float64Array): Float64Array {
  const { hidden_size: k, vocab_size: m } = architecture;
  return linearForward(hidden, tensor(parameters, headTensor(architecture)), undefined, { n: hidden.length / k, k, m });
}

/** dlogits (S, V), hidden (S, d) → dhidden (S, d); the head's gradient is added to `gradients`. */
export function headBackward(
  architecture: Architecture,
  parameters: Parameters,
  dlogits: Float64Array,
  hidden: Float64Array,
  gradients: Gradients,
): Float64Array {
  const { hidden_size: k, vocab_size: m } = architecture;
  const head = headTensor(architecture);
  const { dx, dw } = linearBackward(dlogits, hidden, tensor(parameters, head), { n: hidden.length / k, k, m });
  accumulate(gradients, head, dw);
  return dx;
}
