import type { BertArchitecture } from '../config/bert';
import type { Dtype } from '../kernels/weights/weights';
import type { TensorSpec } from './tensor-spec';

export const WORD_EMBEDDINGS = 'embeddings.word_embeddings.weight';
/** The embedding of each position, with the row of token type 0 added: a text by itself has no other type. */
export const POSITION_EMBEDDINGS = 'embeddings.position_embeddings.weight';
export const TYPE_EMBEDDINGS = 'embeddings.token_type_embeddings.weight';

/** Hugging Face's names of one layer's tensors, without `.weight` or `.bias`. */
export function bertLayerNames(layer: number) {
  const prefix = `encoder.layer.${layer}`;
  return {
    projection: (part: 'query' | 'key' | 'value') => `${prefix}.attention.self.${part}`,
    output: `${prefix}.attention.output.dense`,
    outputNorm: `${prefix}.attention.output.LayerNorm`,
    up: `${prefix}.intermediate.dense`,
    down: `${prefix}.output.dense`,
    downNorm: `${prefix}.output.LayerNorm`,
  };
}

/**
 * Every tensor of a `bert` encoder that its forward pass reads, in its order, all frozen. With C the hidden size and F the
 * intermediate size: embeddings of words (V, C) and positions (P, C); q, k and v (3·C, C), o (C, C), up (F, C), down (C, F),
 * each with its bias; layer norms of a weight and a bias (C).
 * @param dtype of matrices, by our name; vectors and positions are f32.
 */
export function bertLayout(a: BertArchitecture, dtype: (name: string) => Dtype = () => 'f32'): TensorSpec[] {
  const { hidden_size: C, intermediate_size: F } = a;
  const tensors: TensorSpec[] = [];
  const add = (name: string, columns: number[], parts: [name: string, rows: number][], stored: Dtype): void => {
    const width = columns[0] ?? 1;
    const ranges = parts.map(([part, rows], i) => {
      const at = parts.slice(0, i).reduce((sum, [, before]) => sum + before * width, 0);
      return { name: part, shape: [rows, ...columns], at, length: rows * width };
    });
    const length = ranges.reduce((sum, range) => sum + range.length, 0);
    tensors.push({
      name,
      shape: [length / width, ...columns],
      length,
      dtype: stored,
      group: 'frozen',
      init: columns.length > 0 ? { kind: 'normal', fanIn: width, residual: false } : { kind: 'zeros' },
      parts: ranges,
    });
  };
  const linear = (name: string, inputs: number, parts: [name: string, rows: number][]): void => {
    const named = (suffix: string) => parts.map(([part, rows]): [string, number] => [`${part}.${suffix}`, rows]);
    add(name, [inputs], named('weight'), dtype(name));
    add(`${name}_bias`, [], named('bias'), 'f32');
  };
  const norm = (name: string, part: string): void => {
    add(`${name}_weight`, [], [[`${part}.weight`, C]], 'f32');
    add(`${name}_bias`, [], [[`${part}.bias`, C]], 'f32');
  };
  add('embed', [C], [[WORD_EMBEDDINGS, a.vocab_size]], dtype('embed'));
  add('positions', [C], [[POSITION_EMBEDDINGS, a.max_position_embeddings]], 'f32');
  norm('norm', 'embeddings.LayerNorm');
  for (let l = 0; l < a.num_hidden_layers; l++) {
    const of = bertLayerNames(l);
    linear(`${l}.qkv`, C, [
      [of.projection('query'), C],
      [of.projection('key'), C],
      [of.projection('value'), C],
    ]);
    linear(`${l}.o`, C, [[of.output, C]]);
    norm(`${l}.norm1`, of.outputNorm);
    linear(`${l}.up`, C, [[of.up, F]]);
    linear(`${l}.down`, F, [[of.down, C]]);
    norm(`${l}.norm2`, of.downNorm);
  }
  return tensors;
}
