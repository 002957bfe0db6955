import type { Architecture } from '../config/architecture';
import type { Gpu, Owned } from '../gpu/gpu';
import type { AttentionShape } from '../kernels/attention/attention';
import { ropeTable } from '../kernels/rope/rope';
import type { Rows } from '../kernels/rows';
import { TensorSet } from '../tensors/tensor-set';
import { TensorTable, type TableOptions } from '../tensors/table';
import { Block } from './block';
import { Embedding } from './embedding';
import { Linear } from './linear';
import { Norm } from './norm';

/** Weights on the GPU, the layers over them, and the table that turns q and k. */
export class Model {
  readonly table: TensorTable;
  readonly weights: TensorSet;
  readonly rope: Owned;
  readonly embedding: Embedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm;
  /** Makes logits (N, V) of hidden states (N, C). */
  readonly head: Linear;

  constructor(
    readonly gpu: Gpu,
    readonly architecture: Architecture,
    options: TableOptions = {},
  ) {
    this.table = new TensorTable(architecture, options);
    this.weights = new TensorSet(gpu, this.table, 'weights');
    const { max_position_embeddings, head_dim, rope_theta, num_hidden_layers, rms_norm_eps } = architecture;
    const table = ropeTable(max_position_embeddings, head_dim, rope_theta, architecture.rope_scaling);
    this.rope = gpu.upload('rope table', table);
    this.embedding = new Embedding(this.weights, 'embed');
    this.blocks = Array.from({ length: num_hidden_layers }, (_, l) => new Block(this, l));
    this.norm = new Norm(this.weights, 'norm', rms_norm_eps);
    this.head = new Linear(this.weights, this.table.headName);
  }

  attentionShape(rows: Rows): AttentionShape {
    const a = this.architecture;
    return { rows, heads: a.num_attention_heads, kvHeads: a.num_key_value_heads, headDim: a.head_dim };
  }

  destroy(): void {
    this.weights.destroy();
    this.gpu.free(this.rope);
  }
}
