import type { Architecture } from '../config/architecture';
import type { Gpu, View } from '../gpu/gpu';
import { ropeTable } from '../kernels/rope';
import { qkvStride, type AttentionShape } from '../kernels/attention';
import type { Rows } from '../kernels/rows';
import { ParameterSet, ParameterTable } from './parameters';

/** Weights on the GPU with the tables that the forward pass needs. */
export class Model {
  readonly table: ParameterTable;
  readonly weights: ParameterSet;
  readonly rope: View;

  constructor(
    readonly gpu: Gpu,
    readonly architecture: Architecture,
  ) {
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
    this.table = new ParameterTable(architecture, Math.min(maxStorageBufferBindingSize, maxBufferSize));
    this.weights = new ParameterSet(gpu, this.table, 'weights');
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
