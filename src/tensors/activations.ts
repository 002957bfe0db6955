import { hasQkNorm, type Architecture } from '../config/architecture';
import { qkvStride } from '../kernels/attention/attention';

/** A value that one layer's forward pass writes, in channels a token; 0 where the architecture lacks it. */
export type LayerValue =
  | 'x'
  | 'normed1'
  | 'rstd1'
  | 'qkvRaw'
  | 'rstdQ'
  | 'rstdK'
  | 'qkv'
  | 'attention'
  | 'lse'
  | 'middle'
  | 'normed2'
  | 'rstd2'
  | 'gateUp'
  | 'gated';

/**
 * Which values outlive a layer: all that its backward pass reads; its input alone, from which the rest is computed
 * again in the backward pass; its keys and values, for a cache; or nothing. All others are shared by the layers.
 */
export type Keep = 'all' | 'inputs' | 'qkv' | 'nothing';

const KEPT: Record<Keep, (value: LayerValue) => boolean> = {
  all: () => true,
  inputs: (value) => value === 'x',
  qkv: (value) => value === 'qkv',
  nothing: () => false,
};

export const isKept = (keep: Keep, value: LayerValue): boolean => KEPT[keep](value);

/** Channels of each value of a layer's forward pass. */
export function layerChannels(a: Architecture): Record<LayerValue, number> {
  const { hidden_size: C, intermediate_size: F, num_attention_heads: heads, num_key_value_heads: kvHeads } = a;
  const qkv = qkvStride({ heads, kvHeads, headDim: a.head_dim });
  const normed = hasQkNorm(a) ? 1 : 0;
  return {
    x: C,
    normed1: C,
    rstd1: 1,
    qkvRaw: normed * qkv,
    rstdQ: normed * heads,
    rstdK: normed * kvHeads,
    // After their norms and RoPE.
    qkv,
    attention: heads * a.head_dim,
    lse: heads,
    middle: C,
    normed2: C,
    rstd2: 1,
    gateUp: 2 * F,
    gated: F,
  };
}

/** Channels of what the backward pass writes, one of each for all layers. */
export function gradientChannels(a: Architecture) {
  const { x, qkvRaw, qkv, attention, lse, gateUp, gated } = layerChannels(a);
  return {
    dhidden: x,
    dx: x,
    dnormed: x,
    dgated: gated,
    dgateUp: gateUp,
    dattention: attention,
    dqkv: qkv,
    dqkvRaw: qkvRaw,
    delta: lse,
  };
}
