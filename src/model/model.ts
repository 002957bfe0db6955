import type { Architecture } from '../config/architecture';
import type { Gpu, Owned } from '../gpu/gpu';
import type { AttentionShape } from '../kernels/attention/attention';
import { ropeTable } from '../kernels/rope/rope';
import type { Rows } from '../kernels/rows';
import { TensorSet } from '../tensors/tensor-set';
import { TensorTable, type TableOptions } from '../tensors/table';
import { Block } from './block';
import { Embedding } from './embedding';
import type { ModelData } from './model-data';
import { Norm } from './norm';
import { OutputLayer } from './output-layer';

/** A decoder on the GPU: its weights, those of an adapter too, its layers, and the table of rotary angles. */
export class Model implements ModelData {
  readonly table: TensorTable;
  readonly weights: TensorSet;
  readonly rope: Owned;
  readonly embedding: Embedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm;
  /** Makes logits (N, V) of hidden states (N, C). */
  readonly head: OutputLayer;

  constructor(
    readonly gpu: Gpu,
    readonly architecture: Architecture,
    private readonly options: TableOptions = {},
    original?: Model,
  ) {
    this.table = new TensorTable(architecture, options);
    this.weights = new TensorSet(gpu, this.table, 'weights', undefined, original?.weights);
    const { max_position_embeddings, head_dim, rope_theta, num_hidden_layers, rms_norm_eps } = architecture;
    const table = ropeTable(max_position_embeddings, head_dim, rope_theta, architecture.rope_scaling);
    this.rope = gpu.upload('rope table', table);
    this.embedding = new Embedding(this.weights, 'embed');
    this.blocks = Array.from({ length: num_hidden_layers }, (_, l) => new Block(this, l));
    this.norm = new Norm(this.weights, 'norm', rms_norm_eps);
    this.head = new OutputLayer(this.weights);
  }

  /**
   * A second model of the same shape: it has trained tensors of its own, not yet written, and shares the frozen ones.
   */
  sibling(): Model {
    return new Model(this.gpu, this.architecture, this.options, this);
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
