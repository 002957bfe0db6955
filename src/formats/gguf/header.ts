import { GGMLQuantizationType, gguf, type GGUFParseOutput } from '@huggingface/gguf';
import { InputError } from '../../lib/errors';
import { readWholeFile, type ModelFiles } from '../model-files';

/** A tensor as a header lists it. */
export interface GgufTensor {
  name: string;
  /** The ggml type, as `Q4_K`. */
  type: string;
  /** Rows first, as Hugging Face has it; ggml lists columns first. */
  shape: number[];
  file: string;
  /** Offset of its first byte in its file. */
  from: number;
}

/** A value of the metadata. */
export type Metadata = ReadonlyMap<string, unknown>;

export interface GgufHeader {
  metadata: Metadata;
  tensors: GgufTensor[];
}

const MAGIC = [0x47, 0x47, 0x55, 0x46];
/** The library reads addresses; what it asks for there is answered from the file. */
const ADDRESS = 'https://file.invalid/';

/**
 * The header of one file, read in ranges.
 * @throws InputError for what is no GGUF file, a version that is not read, or a file that was cut.
 */
export async function readGgufHeader(files: ModelFiles, file: string, where: string): Promise<GgufHeader> {
  const size = files.size(file);
  const path = where.endsWith(file) ? where : `${where}/${file}`;
  checkVersion(await readWholeFile(files, file, where, 0, Math.min(24, size)), path);
  let parsed: GGUFParseOutput;
  try {
    parsed = await gguf(ADDRESS, { fetch: answerFrom(files, file, size, path) });
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof RangeError) throw cut(size, path);
    throw new InputError(`${path}: ${error instanceof Error ? error.message : String(error)}, expected a GGUF file`);
  }
  const dataStart = Number(parsed.tensorDataOffset);
  if (parsed.tensorInfoByteRange[1] > size) throw cut(size, path);
  const tensors = parsed.tensorInfos.map(({ name, shape, dtype, offset }): GgufTensor => ({
    name,
    type: GGMLQuantizationType[dtype] ?? `number ${dtype}`,
    shape: shape.map(Number).reverse(),
    file,
    from: dataStart + Number(offset),
  }));
  return { metadata: new Map<string, unknown>(Object.entries(parsed.metadata)), tensors };
}

const cut = (size: number, path: string): InputError =>
  new InputError(`${path}: ends within its header, after ${size} bytes, expected a whole GGUF file`);

function checkVersion(first: Uint8Array, path: string): void {
  if (new TextDecoder().decode(first).startsWith('version https://git-lfs')) {
    throw new InputError(`${path}: a Git LFS pointer and not the file it stands for, expected a GGUF file`);
  }
  if (first.length < 24 || MAGIC.some((byte, i) => first[i] !== byte)) {
    throw new InputError(`${path}: does not begin as a GGUF file does, expected one`);
  }
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const version = view.getUint32(4, true);
  if ((version & 0xffff) === 0) {
    throw new InputError(`${path}: a big-endian GGUF file, expected a little-endian one`);
  }
  if (version !== 2 && version !== 3) throw new InputError(`${path}: GGUF version ${version}, expected 2 or 3`);
}

const answerFrom =
  (files: ModelFiles, file: string, size: number, path: string): typeof fetch =>
  async (_address, init) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get('range') ?? '');
    const from = Number(range?.[1] ?? 0);
    const to = Math.min(size, Number(range?.[2] ?? 0) + 1);
    if (from >= size) throw cut(size, path);
    const bytes = await readWholeFile(files, file, path, from, to);
    return new Response(Uint8Array.from(bytes), { headers: { 'content-range': `bytes ${from}-${to - 1}/${size}` } });
  };
