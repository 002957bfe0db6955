import type { Architecture } from '../config/architecture';
import type { Gpu, View } from '../gpu/gpu';
import { ropeTable } from '../kernels/rope';
import { qkvStride, type AttentionShape } from '../kernels/attention';
import type { Rows } from '../kernels/rows';
import { TensorSet } from '../tensors/tensor-set';
import { TensorTable, type TableOptions } from '../tensors/table';

/** Weights on the GPU with the tables that the forward pass needs. */
export class Model {
  readonly table: TensorTable;
  readonly weights: TensorSet;
  readonly rope: View;

  constructor(
    readonly gpu: Gpu,
    readonly architecture: Architecture,
    options: TableOptions = {},
  ) {
    this.table = new TensorTable(architecture, options);
    this.weights = new TensorSet(gpu, this.table, 'weights');
    const { max_position_embeddings, head_dim, rope_theta } = architecture;
    this.rope = gpu.upload('rope table', ropeTable(max_position_embeddings, head_dim, rope_theta));
  }

  attentionShape(rows: Rows): AttentionShape {
    const a = this.architecture;
    return { rows, heads: a.num_attention_heads, kvHeads: a.num_key_value_heads, headDim: a.head_dim };
  }

  get qkvStride(): number {
    return qkvStride(this.attentionShape({ limit: 0, slot: 0, start: 0 }));
  }

  destroy(): void {
    this.weights.destroy();
    this.gpu.free(this.rope);
  }
}
