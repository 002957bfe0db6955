import { InputError } from '../lib/errors';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from '../lib/half';
import { isJsonObject, parseJson, quote, repeatedKey } from './json';

/**
 * safetensors (https://huggingface.co/docs/safetensors): 8 bytes of header length (u64, little-endian), the header as
 * JSON, then the tensors' bytes in C order, little-endian, without holes.
 */
const FLOAT_DTYPES = ['F32', 'F16', 'BF16'] as const;
export type FloatDtype = (typeof FLOAT_DTYPES)[number];

/** The dtype that a user named, `f16`; f32 where none is named. */
export const floatDtype = (named: string | null): FloatDtype =>
  FLOAT_DTYPES.find((dtype) => dtype.toLowerCase() === named) ?? 'F32';
const INT_DTYPES = ['I32', 'I64'] as const;
type IntDtype = (typeof INT_DTYPES)[number];
type Dtype = FloatDtype | IntDtype;
const DTYPES: readonly Dtype[] = [...FLOAT_DTYPES, ...INT_DTYPES];
const BYTES: Record<Dtype, number> = { F32: 4, F16: 2, BF16: 2, I32: 4, I64: 8 };
const MAX_HEADER_BYTES = 100_000_000;

/** A tensor as read: floats widened to f32, integers narrowed to i32. `dtype` is what the file held. */
export type SafeTensor =
  { dtype: FloatDtype; shape: number[]; data: Float32Array } | { dtype: IntDtype; shape: number[]; data: Int32Array };

/** A tensor as the file holds it: 16-bit floats as bit patterns, all else as in `Tensor`. */
export type StoredTensor = SafeTensor | { dtype: 'F16' | 'BF16'; shape: number[]; bits: Uint16Array };

interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** Bytes, from the end of the header. */
  begin: number;
  end: number;
}

export interface ReadOptions {
  /** Refuses NaN and infinity in floating-point tensors. Off by default. */
  finite?: boolean;
}

/**
 * Reads a whole file. The result owns its memory: `bytes` may be dropped or changed afterwards.
 * @param where the file's name, for messages.
 * @throws InputError where the header, an offset, a shape, a type or a value is not what the format allows.
 */
export function readSafetensors(bytes: Uint8Array, where: string, options: ReadOptions = {}): Map<string, SafeTensor> {
  const { entries, dataStart } = readHeader(bytes, where);
  const tensors = new Map<string, SafeTensor>();
  for (const entry of entries) {
    const tensor = readTensor(bytes, dataStart, entry, where);
    if (options.finite === true && tensor.data instanceof Float32Array)
      checkFiniteTensor(tensor.data, entry.name, where);
    tensors.set(entry.name, tensor);
  }
  return tensors;
}

/**
 * The same without widening 16-bit floats, which then take half the room. All floats are checked to be finite.
 * @throws InputError as `readSafetensors` does.
 */
export function readStoredSafetensors(bytes: Uint8Array, where: string): Map<string, StoredTensor> {
  const { entries, dataStart } = readHeader(bytes, where);
  return new Map(
    entries.map((entry): [string, StoredTensor] => {
      const { name, dtype, shape } = entry;
      if (dtype === 'F16' || dtype === 'BF16') {
        const bits = new Uint16Array(bytesOfEntry(bytes, dataStart, entry));
        const exponent = dtype === 'F16' ? 0x7c00 : 0x7f80;
        const at = bits.findIndex((pattern) => (pattern & exponent) === exponent);
        // The message is that of the widened tensor.
        if (at >= 0) checkFiniteTensor(widened(dtype, bits), name, where);
        return [name, { dtype, shape, bits }];
      }
      const tensor = readTensor(bytes, dataStart, entry, where);
      if (tensor.data instanceof Float32Array) checkFiniteTensor(tensor.data, name, where);
      return [name, tensor];
    }),
  );
}

const widened = (dtype: 'F16' | 'BF16', bits: Uint16Array): Float32Array =>
  dtype === 'F16' ? float16ToFloat32(bits) : bfloat16ToFloat32(bits);

/** The header's `__metadata__`, checked like the rest of it. */
export function readSafetensorsMetadata(bytes: Uint8Array, where: string): Record<string, string> {
  return readHeader(bytes, where).metadata;
}

/** @throws InputError naming the tensor and the first element that is NaN or infinite. */
export function checkFiniteTensor(data: Float32Array, name: string, where: string): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value - value !== 0) {
      throw new InputError(`${where}: tensor ${name} holds ${value} at element ${i}, expected finite numbers`);
    }
  }
}

interface Header {
  entries: Entry[];
  metadata: Record<string, string>;
  /** Offset in the file at which the tensors' bytes begin. */
  dataStart: number;
}

/** Bytes of the header of a file of `size` bytes that begins with `first`. */
function headerLength(first: Uint8Array, size: number, where: string): number {
  if (first.length < 8) {
    throw new InputError(`${where}: ${first.length} bytes long, expected a safetensors file of at least 8 bytes`);
  }
  if (isLfsPointer(first)) {
    throw new InputError(
      `${where}: a Git LFS pointer and not the file it stands for, expected the weights (git lfs pull brings them)`,
    );
  }
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > size - 8) {
    throw new InputError(
      `${where}: the header claims ${length} bytes and ${size - 8} follow, expected a whole safetensors file`,
    );
  }
  if (length > MAX_HEADER_BYTES) {
    throw new InputError(`${where}: the header has ${length} bytes, expected at most ${MAX_HEADER_BYTES}`);
  }
  return length;
}

/** Git keeps large files elsewhere and leaves a text in their place, which begins so. */
const LFS_POINTER = new TextEncoder().encode('version https://git-lfs');

const isLfsPointer = (bytes: Uint8Array): boolean =>
  LFS_POINTER.subarray(0, bytes.length).every((letter, i) => letter === bytes[i]);

function readHeader(bytes: Uint8Array, where: string): Header {
  const dataStart = 8 + headerLength(bytes, bytes.length, where);
  return parseHeader(bytes.subarray(8, dataStart), bytes.length, where);
}

/**
 * The header of a file that is read in ranges: where each tensor lies in it.
 * @param read bytes [from, to) of the file.
 * @throws InputError as `readSafetensors` does.
 */
export async function readTensorRanges(
  read: (from: number, to: number) => Promise<Uint8Array>,
  size: number,
  where: string,
): Promise<TensorRange[]> {
  const length = headerLength(await read(0, Math.min(size, 24)), size, where);
  const { entries, dataStart } = parseHeader(await read(8, 8 + length), size, where);
  return entries.map(({ begin, end, ...entry }) => ({ ...entry, from: dataStart + begin, to: dataStart + end }));
}

/** The byte range of a tensor in a file. */
export interface TensorRange {
  name: string;
  dtype: Dtype;
  shape: number[];
  from: number;
  to: number;
}

/** @param bytes the header's JSON alone. @param size of the file, in bytes. */
function parseHeader(bytes: Uint8Array, size: number, where: string): Header {
  const dataStart = 8 + bytes.length;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${where}: the header is not UTF-8, expected a safetensors file`);
  }
  const header = parseJson(text, `${where} (header)`);
  if (!isJsonObject(header)) throw new InputError(`${where}: the header is not a JSON object, expected one`);
  const repeated = repeatedKey(text);
  if (repeated !== null) {
    throw new InputError(`${where}: the header names ${quote(repeated)} twice, expected every name once`);
  }
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(value, where);
    else entries.push(parseEntry(name, value, where));
  }
  checkLayout(entries, size - dataStart, where);
  return { entries, metadata, dataStart };
}

function parseMetadata(value: unknown, where: string): Record<string, string> {
  if (!isJsonObject(value)) throw new InputError(`${where}: __metadata__ is ${quote(value)}, expected an object`);
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new InputError(`${where}: __metadata__ ${quote(key)} is ${quote(text)}, expected a string`);
    }
    metadata[key] = text;
  }
  return metadata;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function parseEntry(name: string, value: unknown, where: string): Entry {
  if (!isJsonObject(value)) {
    throw new InputError(`${where}: tensor ${name} is ${quote(value)}, expected dtype, shape and data_offsets`);
  }
  const dtype = DTYPES.find((known) => known === value['dtype']);
  if (dtype === undefined) {
    throw new InputError(
      `${where}: tensor ${name} has dtype ${quote(value['dtype'])}, expected one of ${DTYPES.join(', ')}`,
    );
  }
  const { shape, data_offsets: offsets } = value;
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new InputError(`${where}: tensor ${name} has shape ${quote(shape)}, expected a list of whole numbers`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new InputError(
      `${where}: tensor ${name} has data_offsets ${quote(offsets)}, expected two whole numbers, begin and end`,
    );
  }
  const [begin = 0, end = 0] = offsets;
  const size = shape.reduce((product, side) => product * side, 1) * BYTES[dtype];
  if (end - begin !== size) {
    throw new InputError(
      `${where}: tensor ${name} has ${end - begin} bytes, expected ${size} for ${dtype} of shape [${shape.join(', ')}]`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The tensors must cover the data without overlap or hole, as the format's own reader demands. */
function checkLayout(entries: Entry[], dataBytes: number, where: string): void {
  let position = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (end > dataBytes) {
      throw new InputError(`${where}: tensor ${name} ends at byte ${end}, expected at most ${dataBytes}`);
    }
    if (begin !== position) {
      const fault = begin < position ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new InputError(`${where}: tensor ${name} begins at byte ${begin} and ${fault}, expected byte ${position}`);
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new InputError(`${where}: ${dataBytes - position} bytes follow the last tensor, expected none`);
  }
}

function bytesOfEntry(bytes: Uint8Array, dataStart: number, { begin, end }: Entry): ArrayBuffer {
  // A copy, because a file's data may start at any byte and typed arrays only at multiples of their element. Not by
  // `slice`, which gives a view where the bytes are a Node Buffer.
  const copy = new Uint8Array(end - begin);
  copy.set(bytes.subarray(dataStart + begin, dataStart + end));
  return copy.buffer;
}

function readTensor(bytes: Uint8Array, dataStart: number, entry: Entry, where: string): SafeTensor {
  const { name, dtype, shape } = entry;
  const buffer = bytesOfEntry(bytes, dataStart, entry);
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'F16':
    case 'BF16':
      return { dtype, shape, data: widened(dtype, new Uint16Array(buffer)) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'I64': {
      const wide = new BigInt64Array(buffer);
      const data = new Int32Array(wide.length);
      for (let i = 0; i < wide.length; i++) {
        const value = wide[i]!;
        data[i] = Number(value);
        if (BigInt(data[i]!) !== value) {
          throw new InputError(`${where}: tensor ${name} holds ${value} at element ${i}, expected a 32-bit integer`);
        }
      }
      return { dtype, shape, data };
    }
  }
}

/** A tensor to write: floats as `dtype` (F32 where absent), integers as I32. `data` has as many elements as `shape`. */
export type TensorToWrite =
  | { shape: readonly number[]; data: Float32Array; dtype?: FloatDtype }
  | { shape: readonly number[]; data: Int32Array; dtype?: 'I32' };

/** A tensor as a header describes it. */
export interface DescribedTensor {
  name: string;
  shape: readonly number[];
  dtype: Dtype;
}

/**
 * The head of a file, and the order in which its tensors' data follow it without a gap: wider types first, so that every tensor
 * is aligned (PyTorch's reader needs it), then names in code-unit order; spaces after the header align the data to 8 bytes.
 * @param metadata goes to `__metadata__`; `transformers` wants `{format: 'pt'}` in a checkpoint.
 * @returns the bytes before the data, and the bytes of the whole file.
 */
export function safetensorsHead<T extends DescribedTensor>(
  tensors: readonly T[],
  metadata?: Readonly<Record<string, string>>,
): { head: Uint8Array; ordered: T[]; bytes: number } {
  const fields: string[] = [];
  if (metadata !== undefined) {
    const sorted = Object.entries(metadata).sort((a, b) => compareNames(a[0], b[0]));
    fields.push(`"__metadata__":${JSON.stringify(Object.fromEntries(sorted))}`);
  }
  const ordered = [...tensors].sort((a, b) => BYTES[b.dtype] - BYTES[a.dtype] || compareNames(a.name, b.name));
  let position = 0;
  for (const { name, shape, dtype } of ordered) {
    const end = position + shape.reduce((product, side) => product * side, 1) * BYTES[dtype];
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [position, end] })}`);
    position = end;
  }
  const text = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + length).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(text, 8);
  return { head, ordered, bytes: head.length + position };
}

/**
 * Writes a file. The same tensors give the same bytes. F16 and BF16 round to nearest even.
 * @throws InputError where a shape and its data disagree.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const described = [...tensors].map(([name, tensor]) => {
    const size = tensor.shape.reduce((product, side) => product * side, 1);
    if (size !== tensor.data.length) {
      throw new InputError(
        `tensor ${name}: ${tensor.data.length} elements, expected ${size} for shape [${tensor.shape.join(', ')}]`,
      );
    }
    return { name, tensor, shape: tensor.shape, dtype: dtypeToWrite(tensor) };
  });
  const { head, ordered, bytes } = safetensorsHead(described, metadata);
  const out = new Uint8Array(bytes);
  out.set(head);
  let at = head.length;
  for (const { tensor } of ordered) {
    const chunk = encode(tensor);
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

const dtypeToWrite = ({ data, dtype }: TensorToWrite): Dtype => (data instanceof Int32Array ? 'I32' : (dtype ?? 'F32'));

const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function encode({ data, dtype }: TensorToWrite): Uint8Array {
  const array =
    data instanceof Float32Array && dtype === 'F16'
      ? float32ToFloat16(data)
      : data instanceof Float32Array && dtype === 'BF16'
        ? float32ToBfloat16(data)
        : data;
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
