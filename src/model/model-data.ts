import type { Architecture } from '../config/architecture';
import type { Gpu, Owned } from '../gpu/gpu';
import type { AttentionShape } from '../kernels/attention/attention';
import type { Rows } from '../kernels/rows';
import type { TensorSet } from '../tensors/tensor-set';
import type { TensorTable } from '../tensors/table';

/** The part of a model that its layers read: its shape, its tensors, and the table of rotary angles. */
export interface ModelData {
  readonly gpu: Gpu;
  readonly architecture: Architecture;
  readonly table: TensorTable;
  readonly weights: TensorSet;
  readonly rope: Owned;
  attentionShape(rows: Rows): AttentionShape;
}
