import type { Architecture } from '../config/architecture';
import type { BertArchitecture } from '../config/bert';
import type { Compute } from '../config/compute';
import type { LoraSettings } from '../config/lora';
import { GpuOutOfMemoryError } from '../gpu/errors';
import { bytesOf } from '../kernels/weights/weights';
import { bertLayout } from './bert-layout';
import { headName, tensorLayout, type TensorGroup, type LayoutOptions, type TensorSpec } from './layout';

/** The binding that every adapter allows. Larger tensors lie in several blocks, on every adapter at the same rows. */
export const BINDING_BYTES = 2 ** 27;
/** The alignment of a binding's offset, in bytes. */
const ALIGN = 256;
/** A block's first row is a multiple of this many, so that a matrix of floats may be bound from that column on. */
const BLOCK_ROWS = 64;

/** Rows of a tensor that lie together in a page. */
export interface WeightBlock {
  page: number;
  /** Offset in the page, in bytes. */
  offset: number;
  row: number;
  rows: number;
}

/** A tensor and where it lies. */
export interface PlacedTensor extends TensorSpec {
  blocks: readonly WeightBlock[];
}

/** A buffer's worth of tensors of one group. */
export interface Page {
  bytes: number;
  group: TensorGroup;
}

export interface TableOptions extends LayoutOptions {
  /** The most that one block takes; tests make it small. */
  blockBytes?: number;
  /** What products with its matrices are computed in; f32 where absent. */
  compute?: Compute;
}

/** Every tensor of a model, in the order of its forward pass: a decoder's, or an encoder's. */
export function tableLayout(a: Architecture | BertArchitecture, options: LayoutOptions = {}): TensorSpec[] {
  if (a.model_type !== 'bert') return tensorLayout(a, options);
  const { dtype = 'f32' } = options;
  return bertLayout(a, typeof dtype === 'string' ? () => dtype : dtype);
}

/**
 * The place of every tensor of a model, in pages. Gradients and moments have the same places as the trained weights.
 */
export class TensorTable {
  readonly tensors: readonly PlacedTensor[];
  readonly pages: Page[] = [];
  private readonly byName: ReadonlyMap<string, PlacedTensor>;
  private readonly open = new Map<TensorGroup, number>();
  /** The adapter whose tensors are trained; null where the model itself is trained. */
  readonly adapter: LoraSettings | null;
  /** What products with the matrices are computed in. */
  readonly compute: Compute;

  /** @throws GpuOutOfMemoryError for rows so long that 64 of them exceed a block. */
  constructor(
    readonly architecture: Architecture | BertArchitecture,
    { blockBytes = BINDING_BYTES, compute = 'f32', ...options }: TableOptions = {},
  ) {
    this.compute = compute;
    this.adapter = options.adapter ?? null;
    this.tensors = tableLayout(architecture, options).map((spec) => this.place(spec, blockBytes));
    this.byName = new Map(this.tensors.map((tensor) => [tensor.name, tensor]));
  }

  private place(spec: TensorSpec, blockBytes: number): PlacedTensor {
    const rows = spec.shape[0]!;
    const rowBytes = bytesOf(spec.dtype, spec.length / rows);
    const fitting = Math.floor(blockBytes / ALIGN) * ALIGN;
    const most = rows * rowBytes <= fitting ? rows : Math.floor(fitting / rowBytes / BLOCK_ROWS) * BLOCK_ROWS;
    if (most === 0) {
      throw new GpuOutOfMemoryError(
        `${spec.name}: ${BLOCK_ROWS} rows need ${BLOCK_ROWS * rowBytes} bytes, expected at most ${blockBytes}, one binding's`,
      );
    }
    const blocks: WeightBlock[] = [];
    for (let row = 0; row < rows; row += most) {
      const count = Math.min(most, rows - row);
      blocks.push({ ...this.room(count * rowBytes, spec.group, blockBytes), row, rows: count });
    }
    return { ...spec, blocks };
  }

  /** Room for `bytes` at the end of the group's last page, or in a new one. */
  private room(bytes: number, group: TensorGroup, blockBytes: number): Pick<WeightBlock, 'page' | 'offset'> {
    const padded = Math.ceil(bytes / ALIGN) * ALIGN;
    let page = this.open.get(group);
    if (page === undefined || this.pages[page]!.bytes + padded > blockBytes) {
      page = this.pages.push({ bytes: 0, group }) - 1;
      this.open.set(group, page);
    }
    const offset = this.pages[page]!.bytes;
    this.pages[page]!.bytes += padded;
    return { page, offset };
  }

  /** @throws Error where this architecture has none of that name. */
  entry(name: string): PlacedTensor {
    const tensor = this.byName.get(name);
    if (!tensor) throw new Error(`no tensor ${name} in this architecture`);
    return tensor;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** The tensor that makes logits: the embedding where the head is tied to it. */
  get headName(): string {
    if (this.architecture.model_type === 'bert') throw new Error('an encoder makes no logits');
    return headName(this.architecture);
  }

  /** Parameters without padding. */
  get parameters(): number {
    return this.tensors.reduce((sum, { length }) => sum + length, 0);
  }

  /** Bytes of all weights. */
  get bytes(): number {
    return this.pages.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
