import type { BertArchitecture } from '../../config/bert';
import { attentionForward } from '../../kernels/attention/attention.reference';
import { embeddingForward } from '../../kernels/embedding/embedding.reference';
import { geluForward } from '../../kernels/gelu/gelu.reference';
import { layernormForward } from '../../kernels/layernorm/layernorm.reference';
import { linearForward } from '../../kernels/linear/linear.reference';
import { add } from '../../kernels/reference/arrays';
import { bertLayerNames, POSITION_EMBEDDINGS, WORD_EMBEDDINGS } from '../../tensors/bert-layout';
import { pack } from './packing';
import { tensor, type Parameters } from './parameters';

/** Sequences of ids → the hidden states (N, C) of all of them, one after another, in f64. */
export function bertForward(
  a: BertArchitecture,
  parameters: Parameters,
  sequences: readonly (readonly number[])[],
): Float64Array {
  const { hidden_size: C, intermediate_size: F, num_attention_heads: heads, head_dim: headDim } = a;
  const { ids, positions, seqStart } = pack(sequences);
  const n = ids.length;
  const seqEnd = sequences.flatMap(({ length }, i) => {
    const before = sequences.slice(0, i).reduce((sum, one) => sum + one.length, 0);
    return new Array<number>(length).fill(before + length);
  });
  const w = (name: string): Float64Array => tensor(parameters, name);
  const linear = (name: string, x: Float64Array, k: number, m: number): Float64Array =>
    linearForward(x, w(`${name}.weight`), w(`${name}.bias`), { n, k, m });
  const norm = (name: string, z: Float64Array): Float64Array =>
    layernormForward(z, w(`${name}.weight`), w(`${name}.bias`), a.layer_norm_eps);

  const words = embeddingForward(w(WORD_EMBEDDINGS), ids, C);
  let x = norm('embeddings.LayerNorm', add(words, embeddingForward(w(POSITION_EMBEDDINGS), positions, C)));
  for (let layer = 0; layer < a.num_hidden_layers; layer++) {
    const of = bertLayerNames(layer);
    const [q, k, v] = (['query', 'key', 'value'] as const).map((part) => linear(of.projection(part), x, C, C));
    const shape = { queryHeads: heads, kvHeads: heads, headDim };
    const { out } = attentionForward(q!, k!, v!, seqStart, shape, seqEnd);
    const middle = norm(of.outputNorm, add(x, linear(of.output, out, C, C)));
    const gated = geluForward(linear(of.up, middle, C, F));
    x = norm(of.downNorm, add(middle, linear(of.down, gated, F, C)));
  }
  return x;
}
