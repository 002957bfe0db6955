import { InputError } from '../lib/errors';
import { quote } from './json';

/** NumPy's `.npy` (numpy.lib.format), version 1.0: a float32 array in C order. */
export interface NpyMatrix {
  shape: number[];
  data: Float32Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Writes float32 in C order, little-endian; the data starts at a multiple of 64 bytes.
 * @throws InputError where the shape and the number of elements disagree.
 */
export function writeNpy({ shape, data }: { shape: readonly number[]; data: Float32Array }): Uint8Array {
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== data.length) {
    throw new InputError(`npy: ${data.length} elements, expected ${size} for shape [${shape.join(', ')}]`);
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const headerLength = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + headerLength + 4 * data.length);
  out.set(MAGIC);
  out[6] = 1;
  new DataView(out.buffer).setUint16(8, headerLength, true);
  out.set(new TextEncoder().encode(`${text.padEnd(headerLength - 1)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + headerLength);
  return out;
}

/**
 * Reads a float32 array in C order, versions 1 to 3.
 * @throws InputError for another type, Fortran order, or a length that does not fit the shape.
 */
export function readNpy(bytes: Uint8Array, where: string): NpyMatrix {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new InputError(`${where}: not a .npy file, expected NumPy's format`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = view.getUint8(6) === 1;
  const start = isFirst ? 10 : 12;
  const headerLength = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + headerLength > bytes.length) {
    throw new InputError(`${where}: ${bytes.length} bytes, expected a header of ${headerLength} and the data`);
  }
  const header = new TextDecoder().decode(bytes.subarray(start, start + headerLength));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  if (descr !== '<f4')
    throw new InputError(`${where}: descr is ${quote(descr)}, expected "<f4", little-endian float32`);
  if (!/'fortran_order':\s*False/.test(header)) throw new InputError(`${where}: Fortran order, expected C order`);
  const sides = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (sides === undefined) throw new InputError(`${where}: no shape in the header, expected one`);
  const shape = sides
    .split(',')
    .filter((side) => side.trim() !== '')
    .map(Number);
  const size = shape.reduce((product, side) => product * side, 1);
  const dataBytes = bytes.length - start - headerLength;
  if (dataBytes !== 4 * size) {
    throw new InputError(`${where}: ${dataBytes} bytes of data, expected ${4 * size} for shape [${shape.join(', ')}]`);
  }
  const data = new Float32Array(size);
  new Uint8Array(data.buffer).set(bytes.subarray(start + headerLength));
  return { shape, data };
}
