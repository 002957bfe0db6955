import type { Gpu, Owned, View } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import { joined } from '../lib/joined';
import type { Random } from '../lib/philox';
import { bytesOf, isPacked, type Dtype, type RowBlock } from '../kernels/weights/weights';
import { decoded, dtypeOf, encoded, lengthOf, widened, type Elements } from './dtype';
import { initialValues } from './initial-values';
import type { TensorGroup } from './layout';
import type { WeightBlock, PlacedTensor, TensorTable } from './table';
import type { WeightSource } from './weight-source';

/** The rows of a tensor that one binding holds. */
export interface TensorBlock extends RowBlock {
  view: View;
}

/** A tensor on the GPU: its rows in one block, or in several where no binding holds all of them. */
export interface Tensor {
  name: string;
  shape: readonly number[];
  dtype: Dtype;
  blocks: readonly TensorBlock[];
  /** Floats that rows of it may be unpacked to, shared by all of a set; null where none is packed. */
  scratch: View | null;
}

/** One value per parameter on the GPU: the weights of a model, or of its trained tensors the gradients or a moment. */
export class TensorSet {
  /** Buffers by the table's pages; null for those of a group that this set leaves out. */
  private readonly byPage: readonly (Owned | null)[];
  private readonly scratch: Owned | null;

  /**
   * @param group leaves out all other tensors; absent: all of the table.
   * @param shared whose frozen tensors this set has too, in place of a copy; of a table that is laid out alike.
   */
  constructor(
    private readonly gpu: Gpu,
    readonly table: TensorTable,
    label: string,
    private readonly group?: TensorGroup,
    private readonly shared?: TensorSet,
  ) {
    this.byPage = table.pages.map((page, i) => {
      if (group !== undefined && page.group !== group) return null;
      if (shared && page.group === 'frozen') return shared.byPage[i] ?? null;
      return gpu.buffer(`${label} ${i}`, page.bytes);
    });
    const floats = scratchBytes(table.tensors.filter((placed) => this.holds(placed)));
    this.scratch = floats > 0 ? (shared?.scratch ?? gpu.buffer(`${label} unpacked`, floats)) : null;
  }

  /** The buffers, in order. */
  get pages(): Owned[] {
    return this.byPage.filter((page) => page !== null);
  }

  /** The pages of one group's tensors. */
  pagesOf(group: TensorGroup): Owned[] {
    return this.byPage.flatMap((page, i) => (page && this.table.pages[i]!.group === group ? [page] : []));
  }

  has(name: string): boolean {
    return this.table.has(name) && this.holds(this.table.entry(name));
  }

  private holds({ group }: PlacedTensor): boolean {
    return this.group === undefined || group === this.group;
  }

  /** @throws Error for a tensor that this set lacks. */
  tensor(name: string): Tensor {
    const placed = this.table.entry(name);
    const { shape, dtype } = placed;
    const blocks = placed.blocks.map((b) => ({ ...b, view: this.range(placed, b) }));
    return { name, shape, dtype, blocks, scratch: isPacked(dtype) ? this.scratch : null };
  }

  /** A vector, or a matrix that is known to lie in one block. @throws Error for one that lies in several. */
  view(name: string): View {
    const { blocks } = this.tensor(name);
    if (blocks.length !== 1) throw new Error(`${name} lies in ${blocks.length} blocks, expected one`);
    return blocks[0]!.view;
  }

  private range(placed: PlacedTensor, block: WeightBlock): View {
    const page = this.byPage[block.page];
    if (!page) throw new Error(`no ${placed.name} in a set of ${this.group} tensors`);
    const size = Math.ceil(bytesOf(placed.dtype, block.rows * rowLength(placed)) / 4) * 4;
    return { buffer: page.buffer, offset: block.offset, size, name: placed.name };
  }

  /**
   * Draws weights: normal, norms 1, biases 0.
   * @param range σ of all of them; 0 gives each 1/√fanIn. What is added to the residual stream gets less (GPT-2).
   */
  initialise(random: Random, range = 0): void {
    const { num_hidden_layers: layers } = this.table.architecture;
    for (const placed of this.table.tensors) this.write(placed, initialValues(placed, random, { range, layers }));
  }

  /**
   * Fills every tensor from a checkpoint's; halves and packed blocks where a tensor of ours is of their kind are kept as they
   * are.
   * @param group fills those alone: the base's without its adapter's, or the other way round.
   * @throws InputError for one that is missing, of the wrong length, or not of the packed dtype that ours is.
   */
  load(tensors: ReadonlyMap<string, Elements>, group?: TensorGroup): void {
    for (const placed of this.table.tensors) {
      if (group !== undefined && placed.group !== group) continue;
      const parts = placed.parts.map(({ name, length }) => {
        const values = tensors.get(name);
        const found = values && lengthOf(values);
        if (values === undefined || found !== length) {
          throw new InputError(`${name} has ${found ?? 'no'} values, expected ${length}`);
        }
        if (isPacked(placed.dtype) && dtypeOf(values) !== placed.dtype) {
          throw new InputError(`${name} is ${dtypeOf(values)}, expected ${placed.dtype}, as it lies on the GPU`);
        }
        return values;
      });
      this.write(placed, parts.length === 1 ? parts[0]! : wholeOf(parts, placed));
    }
  }

  /**
   * Fills every tensor of this set but an adapter's from where a checkpoint lies, at most 16 MB at a time.
   * @param onProgress bytes written to the GPU so far, and in all; it may throw to end the loading.
   * @throws InputError as the source does.
   */
  async stream(
    source: WeightSource,
    onProgress: (written: number, all: number) => void = () => undefined,
  ): Promise<void> {
    const isBase = ({ group }: PlacedTensor): boolean => this.table.adapter === null || group === 'frozen';
    const tensors = this.table.tensors.filter((placed) => this.holds(placed) && isBase(placed));
    const all = tensors.reduce((sum, { dtype, length }) => sum + bytesOf(dtype, length), 0);
    let written = 0;
    let unsettled = 0;
    for (const placed of tensors) {
      const width = rowLength(placed);
      const rowBytes = bytesOf(placed.dtype, width);
      // Slices begin at whole words, whatever a row's length.
      const most = Math.max(SLICE_ROWS, Math.floor(SLICE_BYTES / (4 * width) / SLICE_ROWS) * SLICE_ROWS);
      for (const block of placed.blocks) {
        const view = this.range(placed, block);
        for (let at = 0; at < block.rows; at += most) {
          const rows = Math.min(most, block.rows - at);
          const bytes = await rowsFrom(source, placed, block.row + at, rows);
          this.gpu.write(view, wholeWords(bytes), at * rowBytes);
          written += bytes.length;
          unsettled += bytes.length;
          // What the queue has not taken yet lies in memory once more.
          if (unsettled >= UNSETTLED_BYTES) {
            await this.gpu.idle();
            unsettled = 0;
          }
          onProgress(written, all);
        }
      }
    }
    await this.gpu.idle();
  }

  private write(placed: PlacedTensor, values: Elements): void {
    const { buffer, byteOffset } = encoded(values, placed.dtype);
    const rowBytes = bytesOf(placed.dtype, rowLength(placed));
    for (const block of placed.blocks) {
      const part = new Uint8Array(buffer, byteOffset + block.row * rowBytes, block.rows * rowBytes);
      this.gpu.write(this.range(placed, block), wholeWords(part));
    }
  }

  /** Fills one tensor, whole. @throws InputError for another number of values. */
  fill(name: string, values: Elements): void {
    const placed = this.table.entry(name);
    if (lengthOf(values) !== placed.length) {
      throw new InputError(`${name} has ${lengthOf(values)} values, expected ${placed.length}`);
    }
    this.write(placed, values);
  }

  /** Every tensor under its checkpoint name, as f32. @param group reads those alone. */
  async read(group?: TensorGroup): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const isWanted = (one: { group: TensorGroup }): boolean => group === undefined || one.group === group;
    const pages = await Promise.all(
      this.byPage.map(async (page, i) => (page && isWanted(this.table.pages[i]!) ? this.gpu.read(page) : null)),
    );
    const tensors = this.table.tensors.filter((placed) => this.holds(placed) && isWanted(placed));
    return new Map(
      tensors.flatMap((placed) => {
        const width = rowLength(placed);
        const values = new Float32Array(placed.length);
        for (const { page, offset, row, rows } of placed.blocks) {
          const bytes = pages[page]!.slice(offset, offset + bytesOf(placed.dtype, rows * width));
          values.set(decoded(bytes, placed.dtype), row * width);
        }
        return placed.parts.map(({ name, at, length }) => [name, values.slice(at, at + length)] as const);
      }),
    );
  }

  /**
   * Reads the trained tensors as the buffers hold them: with `writePages`, a copy of everything that training changes.
   */
  async readPages(): Promise<Float32Array<ArrayBuffer>[]> {
    return Promise.all(this.pagesOf('trained').map((page) => this.gpu.readFloats(page)));
  }

  /** @param pages as `readPages` gave them, or cut elsewhere: older runs cut at what their adapter could bind. */
  writePages(pages: readonly Float32Array<ArrayBuffer>[]): void {
    let source = 0;
    let at = 0;
    for (const page of this.pagesOf('trained')) {
      for (let filled = 0; filled < page.size / 4 && source < pages.length;) {
        const values = pages[source]!;
        const count = Math.min(values.length - at, page.size / 4 - filled);
        this.gpu.write(page, values.subarray(at, at + count), filled * 4);
        filled += count;
        at += count;
        if (at === values.length) {
          source++;
          at = 0;
        }
      }
    }
  }

  destroy(): void {
    this.gpu.free(...(this.shared ? this.pagesOf('trained') : this.pages));
    if (this.scratch && !this.shared) this.gpu.free(this.scratch);
  }
}

/**
 * Bytes of rows that are converted to floats for one product: enough to keep all cores busy, little beside the weights.
 */
const SCRATCH_BYTES = 2 ** 22;

/** Room for the largest packed tensor as floats, or for as many of its rows as fit, one at least. */
function scratchBytes(tensors: readonly PlacedTensor[]): number {
  const packed = tensors.filter(({ dtype }) => isPacked(dtype));
  const largest = Math.max(0, ...packed.map(({ length }) => 4 * length));
  const row = Math.max(0, ...packed.map((placed) => 4 * rowLength(placed)));
  return Math.max(row, Math.min(SCRATCH_BYTES, largest));
}

/** Bytes of a slice converted to floats, which reading may need. */
const SLICE_BYTES = 2 ** 24;
const SLICE_ROWS = 4;
const UNSETTLED_BYTES = 2 ** 26;

/** Rows of a tensor of ours as they lie on the GPU, of the parts of a checkpoint that hold them. */
async function rowsFrom(source: WeightSource, placed: PlacedTensor, row: number, rows: number): Promise<Uint8Array> {
  const width = rowLength(placed);
  const rowBytes = bytesOf(placed.dtype, width);
  const bytes = new Uint8Array(rows * rowBytes);
  for (const { name, at, length } of placed.parts) {
    const first = at / width;
    const from = Math.max(row, first);
    const to = Math.min(row + rows, first + length / width);
    if (from >= to) continue;
    const values = await source.read(name, from - first, to - from);
    const found = lengthOf(values);
    if (found !== (to - from) * width)
      throw new InputError(`${name} gave ${found} values, expected ${(to - from) * width}`);
    const { buffer, byteOffset, byteLength } = encoded(values, placed.dtype);
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), (from - row) * rowBytes);
  }
  return bytes;
}

const rowLength = ({ length, shape }: PlacedTensor): number => length / shape[0]!;

/** The queue takes whole words. */
function wholeWords(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return padded;
}

/** The parts of a tensor, one after another, in their own dtype where all of them are of the tensor's. */
function wholeOf(parts: readonly Elements[], { dtype }: PlacedTensor): Elements {
  if (dtype === 'f32' || parts.some((part) => dtypeOf(part) !== dtype)) {
    return joined(parts.map(widened), Float32Array);
  }
  const own = parts.map((part) => encoded(part, dtype));
  if (isPacked(dtype)) return { dtype, bytes: joined(own, Uint8Array) };
  return { dtype, bits: joined(own, Uint16Array) };
}
