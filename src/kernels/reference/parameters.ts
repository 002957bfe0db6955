import { hasQkNorm, type Architecture } from '../../config/architecture';
import { addInto } from './arrays';

/** Tensors under Hugging Face's names, row-major f64. */
export type Parameters = ReadonlyMap<string, Float64Array>;
export type Gradients = Map<string, Float64Array>;

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';

/** Which tensor is the head: the embedding itself where they are tied. */
export const headName = (a: Architecture): string => (a.tie_word_embeddings ? EMBEDDING : 'lm_head.weight');

/** Names and lengths of every tensor of a model. */
export function parameterLengths(a: Architecture): Map<string, number> {
  const d = a.hidden_size;
  const q = a.num_attention_heads * a.head_dim;
  const kv = a.num_key_value_heads * a.head_dim;
  const lengths = new Map<string, number>([[EMBEDDING, a.vocab_size * d]]);
  for (let layer = 0; layer < a.num_hidden_layers; layer++) {
    const name = layerNames(layer);
    lengths.set(name.inputNorm, d);
    for (const [part, width] of [
      ['q', q],
      ['k', kv],
      ['v', kv],
    ] as const) {
      lengths.set(name.projection(part), width * d);
      if (a.attention_bias) lengths.set(name.bias(part), width);
    }
    if (hasQkNorm(a)) {
      lengths.set(name.headNorm('q'), a.head_dim);
      lengths.set(name.headNorm('k'), a.head_dim);
    }
    lengths.set(name.projection('o'), d * q);
    lengths.set(name.postNorm, d);
    lengths.set(name.gate, a.intermediate_size * d);
    lengths.set(name.up, a.intermediate_size * d);
    lengths.set(name.down, d * a.intermediate_size);
  }
  lengths.set(FINAL_NORM, d);
  lengths.set(headName(a), a.vocab_size * d);
  return lengths;
}

export interface LayerNames {
  inputNorm: string;
  postNorm: string;
  gate: string;
  up: string;
  down: string;
  projection: (part: 'q' | 'k' | 'v' | 'o') => string;
  bias: (part: 'q' | 'k' | 'v') => string;
  headNorm: (part: 'q' | 'k') => string;
}

/** The tensor names of one layer. */
export function layerNames(layer: number): LayerNames {
  const prefix = `model.layers.${layer}`;
  return {
    inputNorm: `${prefix}.input_layernorm.weight`,
    postNorm: `${prefix}.post_attention_layernorm.weight`,
    gate: `${prefix}.mlp.gate_proj.weight`,
    up: `${prefix}.mlp.up_proj.weight`,
    down: `${prefix}.mlp.down_proj.weight`,
    projection: (part) => `${prefix}.self_attn.${part}_proj.weight`,
    bias: (part) => `${prefix}.self_attn.${part}_proj.bias`,
    headNorm: (part) => `${prefix}.self_attn.${part}_norm.weight`,
  };
}

/** @throws RangeError naming the tensor that is missing. */
export function tensor(parameters: Parameters, name: string): Float64Array {
  const found = parameters.get(name);
  if (!found) throw new RangeError(`no tensor ${name}`);
  return found;
}

/** Zeros of every parameter's length. */
export function zeroGradients(parameters: Parameters): Gradients {
  return new Map([...parameters].map(([name, values]) => [name, new Float64Array(values.length)]));
}

/** gradients[name] += delta: a tensor used twice gets both. */
export function accumulate(gradients: Gradients, name: string, delta: Float64Array): void {
  addInto(tensor(gradients, name), delta);
}
