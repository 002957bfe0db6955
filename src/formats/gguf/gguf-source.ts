import { InputError } from '../../lib/errors';
import { float32ToFloat16 } from '../../lib/half';
import type { Dtype, Elements } from '../../tensors/dtype';
import type { WeightSource } from '../../tensors/weight-source';
import { readWholeFile, type ModelFiles } from '../model-files';
import { checkFiniteTensor } from '../safetensors';
import { BLOCK_TYPES, type BlockType } from './block-types';
import type { GgufTensor } from './header';

/** A tensor of a file under the name that Hugging Face has for it. */
export interface PlacedGguf extends GgufTensor {
  block: BlockType;
  /** Rows of a head, where rotary pairs lie side by side in the file: rows of llama's q and k; else null. */
  head: number | null;
}

/** @throws InputError for a type that is not read, by name. */
export function blockOf({ name, type, shape }: GgufTensor, where: string): BlockType {
  const block = BLOCK_TYPES[type];
  if (block === undefined) {
    throw new InputError(`${where}: tensor ${name} is ${type}, expected one of ${Object.keys(BLOCK_TYPES).join(', ')}`);
  }
  const columns = shape.at(-1) ?? 0;
  if (columns % block.elements === 0) return block;
  throw new InputError(
    `${where}: tensor ${name} is ${type} with ${columns} columns, expected a multiple of ${block.elements}`,
  );
}

/** Bytes of one row: of a vector, of one element. */
const rowBytes = ({ shape, block }: PlacedGguf): number =>
  shape.length > 1 ? (shape.at(-1)! / block.elements) * block.bytes : block.bytes / block.elements;

export const bytesOfTensor = (tensor: PlacedGguf): number => tensor.shape[0]! * rowBytes(tensor);

/** Weights of GGUF files, read in ranges. */
export class GgufSource implements WeightSource {
  constructor(
    private readonly files: ModelFiles,
    /** The tensors, by Hugging Face's names. */
    private readonly tensors: ReadonlyMap<string, PlacedGguf>,
    private readonly where: string,
  ) {}

  dtypeOf(name: string): Dtype {
    return this.tensor(name).block.dtype;
  }

  async read(name: string, row: number, rows: number): Promise<Elements> {
    const tensor = this.tensor(name);
    const { head } = tensor;
    if (head === null) return this.elements(tensor, await this.rows(tensor, row, rows));
    // Whole heads are read, and the requested rows are picked from them.
    const first = Math.floor(row / head) * head;
    const end = Math.ceil((row + rows) / head) * head;
    const bytes = await this.rows(tensor, first, end - first);
    const size = rowBytes(tensor);
    const picked = new Uint8Array(rows * size);
    for (let i = 0; i < rows; i++) {
      const from = rowInFile(row + i, head) - first;
      picked.set(bytes.subarray(from * size, (from + 1) * size), i * size);
    }
    return this.elements(tensor, picked);
  }

  private async rows(tensor: PlacedGguf, row: number, rows: number): Promise<Uint8Array> {
    const size = rowBytes(tensor);
    const from = tensor.from + row * size;
    return readWholeFile(this.files, tensor.file, this.where, from, from + rows * size);
  }

  private elements({ name, block }: PlacedGguf, read: Uint8Array): Elements {
    if (block.unpack !== undefined) {
      const values = block.unpack(read);
      checkFiniteTensor(values, name, this.where);
      return { dtype: 'f16', bits: float32ToFloat16(values) };
    }
    // Typed arrays start only at multiples of their element.
    const bytes = read.byteOffset % 4 === 0 ? read : Uint8Array.from(read);
    const { buffer, byteOffset, byteLength } = bytes;
    switch (block.dtype) {
      case 'f32': {
        const values = new Float32Array(buffer, byteOffset, byteLength / 4);
        checkFiniteTensor(values, name, this.where);
        return values;
      }
      case 'f16':
      case 'bf16': {
        const bits = new Uint16Array(buffer, byteOffset, byteLength / 2);
        const exponent = block.dtype === 'f16' ? 0x7c00 : 0x7f80;
        this.refuseInfinite(
          bits.findIndex((pattern) => (pattern & exponent) === exponent),
          name,
        );
        return { dtype: block.dtype, bits };
      }
      default: {
        this.refuseInfinite(infiniteBlock(bytes, block), name);
        return { dtype: block.dtype, bytes };
      }
    }
  }

  private refuseInfinite(at: number, name: string): void {
    if (at < 0) return;
    throw new InputError(`${this.where}: tensor ${name} holds NaN or infinity at place ${at}, expected finite numbers`);
  }

  private tensor(name: string): PlacedGguf {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`${this.where}: no tensor ${name}`);
    return tensor;
  }
}

/** Row `row` of Hugging Face's, whose halves of a head turn together, in a file that has each pair side by side. */
function rowInFile(row: number, head: number): number {
  const within = row % head;
  const half = head / 2;
  return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
}

/** The first block whose scale or least value is not finite, or −1. */
function infiniteBlock(bytes: Uint8Array, { bytes: size, dtype }: BlockType): number {
  for (let at = 0; at < bytes.length; at += size) {
    if ((bytes[at + 1]! & 0x7c) === 0x7c || (dtype === 'q4_1' && (bytes[at + 3]! & 0x7c) === 0x7c)) return at / size;
  }
  return -1;
}
