import { InputError } from '../lib/errors';
import type { Dtype, Elements } from '../tensors/dtype';
import type { WeightSource } from '../tensors/weight-source';
import { readWholeFile, type ModelFiles } from './model-files';
import { checkFiniteTensor, type TensorRange } from './safetensors';
import { widened } from '../tensors/dtype';

/** A tensor of a checkpoint and the file that holds it. */
export interface PlacedRange extends TensorRange {
  file: string;
}

const DTYPES: Readonly<Record<string, 'f32' | 'f16' | 'bf16'>> = { F32: 'f32', F16: 'f16', BF16: 'bf16' };

/** Weights of safetensors files, read in ranges. */
export class SafetensorsSource implements WeightSource {
  /**
   * @param tensors by their canonical names.
   * @throws InputError for a tensor of integers.
   */
  constructor(
    private readonly files: ModelFiles,
    private readonly tensors: ReadonlyMap<string, PlacedRange>,
    private readonly where: string,
  ) {
    for (const [name, { dtype, file }] of tensors) {
      if (DTYPES[dtype] === undefined) {
        throw new InputError(`${where}/${file}: tensor ${name} is ${dtype}, expected F32, F16 or BF16`);
      }
    }
  }

  dtypeOf(name: string): Dtype {
    return DTYPES[this.tensor(name).dtype] ?? 'f32';
  }

  async read(name: string, row: number, rows: number): Promise<Elements> {
    const { file, from, to, shape } = this.tensor(name);
    const rowBytes = (to - from) / shape[0]!;
    const start = from + row * rowBytes;
    const where = `${this.where}/${file}`;
    const read = await readWholeFile(this.files, file, this.where, start, start + rows * rowBytes);
    // Typed arrays start only at multiples of their element.
    const bytes = read.byteOffset % 4 === 0 ? read : Uint8Array.from(read);
    const dtype = this.dtypeOf(name);
    if (dtype === 'f32') {
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      checkFiniteTensor(values, name, where);
      return values;
    }
    const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const halves = { dtype: dtype === 'f16' ? ('f16' as const) : ('bf16' as const), bits };
    const exponent = dtype === 'f16' ? 0x7c00 : 0x7f80;
    // The message is that of the widened tensor.
    if (bits.some((pattern) => (pattern & exponent) === exponent)) checkFiniteTensor(widened(halves), name, where);
    return halves;
  }

  private tensor(name: string): PlacedRange {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`${this.where}: no tensor ${name}`);
    return tensor;
  }
}
