/**
 * The tensors of a model, from its architecture alone: the one table that the weights on the GPU, the checkpoints, the f64
 * reference, the optimiser and the plan of memory read.
 */
import { hasQkNorm, type Architecture } from '../config/architecture';
import type { LoraSettings } from '../config/lora';
import { BLOCK_WEIGHTS, isPacked, type Dtype } from '../kernels/weights/weights';
import { InputError } from '../lib/errors';
import { adapterLayout } from './adapter-layout';
import type { CheckpointPart, TensorGroup, Initialisation, TensorSpec } from './tensor-spec';

export type { CheckpointPart, TensorGroup, Initialisation, TensorSpec };

export interface LayoutOptions {
  /** Which tensors are trained, by name; all where absent, none of the base's where there is an adapter. */
  trained?: (name: string) => boolean;
  /** Tensors of an adapter stand after those of the base, which is frozen: `adapterLayout`. */
  adapter?: LoraSettings | null;
  /**
   * Dtype of frozen matrices, all the same or by our name of the tensor; f32 where absent. Trained tensors, norms and
   * biases are always f32.
   */
  dtype?: Dtype | ((name: string) => Dtype);
}

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';
export const HEAD = 'lm_head.weight';

/** Hugging Face's names of one layer's tensors. */
export function layerNames(layer: number) {
  const prefix = `model.layers.${layer}`;
  return {
    inputNorm: `${prefix}.input_layernorm.weight`,
    postNorm: `${prefix}.post_attention_layernorm.weight`,
    gate: `${prefix}.mlp.gate_proj.weight`,
    up: `${prefix}.mlp.up_proj.weight`,
    down: `${prefix}.mlp.down_proj.weight`,
    projection: (part: 'q' | 'k' | 'v' | 'o') => `${prefix}.self_attn.${part}_proj.weight`,
    bias: (part: 'q' | 'k' | 'v') => `${prefix}.self_attn.${part}_proj.bias`,
    headNorm: (part: 'q' | 'k') => `${prefix}.self_attn.${part}_norm.weight`,
  };
}

export type LayerNames = ReturnType<typeof layerNames>;

/** Our name of the tensor that makes logits: the embedding where the head is tied to it. */
export const headName = (a: Architecture): string => (a.tie_word_embeddings ? 'embed' : 'head');

/**
 * Every tensor of a model, in the order of the forward pass. With V the vocabulary, C the hidden size, F the intermediate
 * size, H heads, G key-value heads and D a head's size: embedding (V, C); q, k and v (H·D + 2·G·D, C), o (C, H·D); gate and
 * up (2·F, C), down (C, F); norms (C), q and k norms (D).
 * @throws InputError for a packed dtype whose blocks do not fill the rows of its matrix.
 */
export function tensorLayout(
  a: Architecture,
  { adapter = null, trained = () => adapter === null, dtype = 'f32' }: LayoutOptions = {},
): TensorSpec[] {
  const { hidden_size: C, intermediate_size: F, head_dim: D, vocab_size: V } = a;
  const q = a.num_attention_heads * D;
  const kv = a.num_key_value_heads * D;
  const tensors: TensorSpec[] = [];
  /** @param columns none for a vector; @param parts a checkpoint's name and rows of each. */
  const add = (name: string, columns: number[], parts: [name: string, rows: number][], init: Initialisation): void => {
    const width = columns[0] ?? 1;
    let at = 0;
    const ranges = parts.map(([part, rows]): CheckpointPart => {
      const range = { name: part, shape: [rows, ...columns], at, length: rows * width };
      at += range.length;
      return range;
    });
    const group = trained(name) ? 'trained' : 'frozen';
    const stored = typeof dtype === 'string' ? dtype : dtype(name);
    tensors.push({
      name,
      shape: [at / width, ...columns],
      length: at,
      dtype: group === 'frozen' && columns.length > 0 ? fitting(name, stored, width) : 'f32',
      group,
      init,
      parts: ranges,
    });
  };
  const matrix = (name: string, inputs: number, parts: [name: string, rows: number][], residual = false): void =>
    add(name, [inputs], parts, { kind: 'normal', fanIn: inputs, residual });
  const norm = (name: string, part: string, channels: number): void =>
    add(name, [], [[part, channels]], { kind: 'ones' });

  matrix('embed', C, [[EMBEDDING, V]]);
  for (let l = 0; l < a.num_hidden_layers; l++) {
    const of = layerNames(l);
    norm(`${l}.norm1`, of.inputNorm, C);
    matrix(`${l}.qkv`, C, [
      [of.projection('q'), q],
      [of.projection('k'), kv],
      [of.projection('v'), kv],
    ]);
    if (a.attention_bias) {
      const biases: [string, number][] = [
        [of.bias('q'), q],
        [of.bias('k'), kv],
        [of.bias('v'), kv],
      ];
      add(`${l}.qkv_bias`, [], biases, { kind: 'zeros' });
    }
    if (hasQkNorm(a)) {
      norm(`${l}.q_norm`, of.headNorm('q'), D);
      norm(`${l}.k_norm`, of.headNorm('k'), D);
    }
    matrix(`${l}.o`, q, [[of.projection('o'), C]], true);
    norm(`${l}.norm2`, of.postNorm, C);
    matrix(`${l}.gate_up`, C, [
      [of.gate, F],
      [of.up, F],
    ]);
    matrix(`${l}.down`, F, [[of.down, C]], true);
  }
  norm('norm', FINAL_NORM, C);
  if (!a.tie_word_embeddings) matrix('head', C, [[HEAD, V]]);
  return adapter ? [...tensors, ...adapterLayout(tensors, adapter)] : tensors;
}

/** @throws InputError for rows of this many columns that blocks of the dtype do not fill them. */
function fitting(name: string, dtype: Dtype, columns: number): Dtype {
  if (!isPacked(dtype) || columns % BLOCK_WEIGHTS === 0) return dtype;
  throw new InputError(
    `${name} is ${dtype} and has ${columns} columns, expected a multiple of ${BLOCK_WEIGHTS}, because a row is made of whole blocks`,
  );
}

/** The tensors of a checkpoint under Hugging Face's names. */
export const checkpointTensors = (a: Architecture): CheckpointPart[] => tensorLayout(a).flatMap(({ parts }) => parts);
