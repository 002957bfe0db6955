import { hasQkNorm, type Architecture } from '../../config/architecture';
import { attentionBackward, attentionForward } from '../../kernels/attention/attention.reference';
import { linearBackward, linearForward, type LinearShape } from '../../kernels/linear/linear.reference';
import { rmsnormBackward, rmsnormForward } from '../../kernels/rmsnorm/rmsnorm.reference';
import { ropeBackward, ropeForward, type RopeTable } from '../../kernels/rope/rope.reference';
import { swigluBackward, swigluForward } from '../../kernels/swiglu/swiglu.reference';
import { add, addInto, concatColumns, splitColumns } from '../../kernels/reference/arrays';
import { layerNames, type LayerNames } from '../../tensors/layout';
import type { PackedBatch } from './packing';
import { accumulate, tensor, type Gradients, type Parameters } from './parameters';

// One decoder layer in plain f64, forward and backward: the reference for `model/block.ts`.

interface Normed {
  y: Float64Array;
  rstd: Float64Array;
}

/** The values of one layer's forward pass that its backward pass needs, all with N rows. */
export interface LayerSaved {
  /** Input (N, d), and after the attention's residual (N, d). */
  x: Float64Array;
  middle: Float64Array;
  inputNorm: Normed;
  postNorm: Normed;
  /** q before the per-head norm of qwen3 (N, H, hd), and its rstd (N·H). */
  qRaw: Float64Array;
  kRaw: Float64Array;
  qNorm: Normed;
  kNorm: Normed;
  /** q after RoPE, as the attention reads it. */
  q: Float64Array;
  k: Float64Array;
  v: Float64Array;
  out: Float64Array;
  lse: Float64Array;
  gateUp: Float64Array;
  activated: Float64Array;
}

/** Everything that is the same for all layers. */
export interface LayerContext {
  architecture: Architecture;
  parameters: Parameters;
  batch: PackedBatch;
  table: RopeTable;
}

const queryShape = (a: Architecture): { heads: number; headDim: number } => ({
  heads: a.num_attention_heads,
  headDim: a.head_dim,
});
const keyShape = (a: Architecture): { heads: number; headDim: number } => ({
  heads: a.num_key_value_heads,
  headDim: a.head_dim,
});
const attentionShape = (a: Architecture): { queryHeads: number; kvHeads: number; headDim: number } => ({
  queryHeads: a.num_attention_heads,
  kvHeads: a.num_key_value_heads,
  headDim: a.head_dim,
});

/** Shapes of the layer's linear maps for N rows. */
function linearShapes(a: Architecture, n: number): Record<'q' | 'kv' | 'o' | 'gate' | 'down', LinearShape> {
  const q = a.num_attention_heads * a.head_dim;
  const kv = a.num_key_value_heads * a.head_dim;
  return {
    q: { n, k: a.hidden_size, m: q },
    kv: { n, k: a.hidden_size, m: kv },
    o: { n, k: q, m: a.hidden_size },
    gate: { n, k: a.hidden_size, m: a.intermediate_size },
    down: { n, k: a.intermediate_size, m: a.hidden_size },
  };
}

/** Per-head RMSNorm of x (N, H, hd) where the model has one, else x itself. */
function headNorm(context: LayerContext, name: string, x: Float64Array): Normed {
  const { architecture: a, parameters } = context;
  if (!hasQkNorm(a)) return { y: x, rstd: new Float64Array(0) };
  return rmsnormForward(x, tensor(parameters, name), a.rms_norm_eps);
}

/** x (N, d) → y (N, d) = x + attention + MLP, each on the normed stream. */
export function layerForward(
  context: LayerContext,
  layer: number,
  x: Float64Array,
): { y: Float64Array; saved: LayerSaved } {
  const { architecture: a, parameters, batch, table } = context;
  const names = layerNames(layer);
  const shapes = linearShapes(a, batch.ids.length);
  const w = (name: string): Float64Array => tensor(parameters, name);
  const bias = (part: 'q' | 'k' | 'v'): Float64Array | undefined =>
    a.attention_bias ? w(names.bias(part)) : undefined;

  const inputNorm = rmsnormForward(x, w(names.inputNorm), a.rms_norm_eps);
  const qRaw = linearForward(inputNorm.y, w(names.projection('q')), bias('q'), shapes.q);
  const kRaw = linearForward(inputNorm.y, w(names.projection('k')), bias('k'), shapes.kv);
  const v = linearForward(inputNorm.y, w(names.projection('v')), bias('v'), shapes.kv);
  const qNorm = headNorm(context, names.headNorm('q'), qRaw);
  const kNorm = headNorm(context, names.headNorm('k'), kRaw);
  const q = ropeForward(qNorm.y, batch.positions, table, queryShape(a));
  const k = ropeForward(kNorm.y, batch.positions, table, keyShape(a));
  const { out, lse } = attentionForward(q, k, v, batch.seqStart, attentionShape(a));
  const middle = add(x, linearForward(out, w(names.projection('o')), undefined, shapes.o));

  const postNorm = rmsnormForward(middle, w(names.postNorm), a.rms_norm_eps);
  const gate = linearForward(postNorm.y, w(names.gate), undefined, shapes.gate);
  const up = linearForward(postNorm.y, w(names.up), undefined, shapes.gate);
  const gateUp = concatColumns(gate, up, batch.ids.length);
  const activated = swigluForward(gateUp, a.intermediate_size);
  const y = add(middle, linearForward(activated, w(names.down), undefined, shapes.down));
  const saved = { x, middle, inputNorm, postNorm, qRaw, kRaw, qNorm, kNorm, q, k, v, out, lse, gateUp, activated };
  return { y, saved };
}

/** dy (N, d) → dx (N, d); the layer's tensors' gradients are added to `gradients`. */
export function layerBackward(
  context: LayerContext,
  layer: number,
  dy: Float64Array,
  saved: LayerSaved,
  gradients: Gradients,
): Float64Array {
  const names = layerNames(layer);
  const dMiddle = mlpBackward(context, names, dy, saved, gradients);
  return attentionBlockBackward(context, names, dMiddle, saved, gradients);
}

function mlpBackward(
  { architecture: a, parameters, batch }: LayerContext,
  names: LayerNames,
  dy: Float64Array,
  saved: LayerSaved,
  gradients: Gradients,
): Float64Array {
  const rows = batch.ids.length;
  const shapes = linearShapes(a, rows);
  const down = linearBackward(dy, saved.activated, tensor(parameters, names.down), shapes.down);
  accumulate(gradients, names.down, down.dw);
  const dGateUp = swigluBackward(down.dx, saved.gateUp, a.intermediate_size);
  const [dGate, dUp] = splitColumns(dGateUp, rows, a.intermediate_size);
  const gate = linearBackward(dGate, saved.postNorm.y, tensor(parameters, names.gate), shapes.gate);
  const up = linearBackward(dUp, saved.postNorm.y, tensor(parameters, names.up), shapes.gate);
  accumulate(gradients, names.gate, gate.dw);
  accumulate(gradients, names.up, up.dw);
  const dNormed = add(gate.dx, up.dx);
  const norm = rmsnormBackward(dNormed, saved.middle, tensor(parameters, names.postNorm), saved.postNorm.rstd);
  accumulate(gradients, names.postNorm, norm.dweight);
  return add(dy, norm.dx);
}

function attentionBlockBackward(
  { architecture: a, parameters, batch, table }: LayerContext,
  names: LayerNames,
  dMiddle: Float64Array,
  saved: LayerSaved,
  gradients: Gradients,
): Float64Array {
  const shapes = linearShapes(a, batch.ids.length);
  const o = linearBackward(dMiddle, saved.out, tensor(parameters, names.projection('o')), shapes.o);
  accumulate(gradients, names.projection('o'), o.dw);
  const { dq, dk, dv } = attentionBackward(o.dx, { ...saved, seqStart: batch.seqStart }, attentionShape(a));

  const unrotated = {
    q: ropeBackward(dq, batch.positions, table, queryShape(a)),
    k: ropeBackward(dk, batch.positions, table, keyShape(a)),
  };
  const unnormed = (part: 'q' | 'k', raw: Float64Array, { rstd }: Normed): Float64Array => {
    if (!hasQkNorm(a)) return unrotated[part];
    const weight = tensor(parameters, names.headNorm(part));
    const { dx, dweight } = rmsnormBackward(unrotated[part], raw, weight, rstd);
    accumulate(gradients, names.headNorm(part), dweight);
    return dx;
  };
  const heads = {
    q: unnormed('q', saved.qRaw, saved.qNorm),
    k: unnormed('k', saved.kRaw, saved.kNorm),
    v: dv,
  };

  const dNormed = new Float64Array(saved.x.length);
  for (const part of ['q', 'k', 'v'] as const) {
    const shape = part === 'q' ? shapes.q : shapes.kv;
    const { dx, dw, db } = linearBackward(
      heads[part],
      saved.inputNorm.y,
      tensor(parameters, names.projection(part)),
      shape,
    );
    accumulate(gradients, names.projection(part), dw);
    if (a.attention_bias) accumulate(gradients, names.bias(part), db);
    addInto(dNormed, dx);
  }
  const norm = rmsnormBackward(dNormed, saved.x, tensor(parameters, names.inputNorm), saved.inputNorm.rstd);
  accumulate(gradients, names.inputNorm, norm.dweight);
  return add(dMiddle, norm.dx);
}
