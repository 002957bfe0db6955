import type { BertArchitecture } from '../../config/bert';
import { bertLayout, TYPE_EMBEDDINGS } from '../../tensors/bert-layout';
import type { TensorToWrite } from '../safetensors';

/** The `config.json` of a small encoder. */
export const TINY_BERT = {
  model_type: 'bert',
  vocab_size: 5,
  hidden_size: 8,
  intermediate_size: 6,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 7,
};

/**
 * Every tensor of a `bert` encoder's file, by its name. @param valueOf the value of an element by its index, its tensor
 * and the tensor's index.
 */
export function bertTensors(
  arch: BertArchitecture,
  valueOf: (element: number, tensor: { name: string; shape: readonly number[]; at: number }) => number,
): Map<string, TensorToWrite> {
  const types = { name: TYPE_EMBEDDINGS, shape: [arch.type_vocab_size, arch.hidden_size] };
  const all = [...bertLayout(arch).flatMap(({ parts }) => parts), types];
  return new Map(
    all.map(({ name, shape }, at): [string, TensorToWrite] => {
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, (_, element) => valueOf(element, { name, shape, at }));
      return [name, { shape, data }];
    }),
  );
}
