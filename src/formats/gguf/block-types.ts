import type { Dtype } from '../../tensors/dtype';
import { unpackQ4K, unpackQ5, unpackQ5K, unpackQ6K } from './unpack';

/** How weights of a ggml type are stored in a file, and the dtype that they are read as. */
export interface BlockType {
  /** Elements of a block; a row is whole blocks. */
  elements: number;
  bytes: number;
  /** The dtype that they are read as. */
  dtype: Dtype;
  /** Converts blocks to floats, for types that the GPU does not unpack; they become f16. */
  unpack?: (blocks: Uint8Array) => Float32Array<ArrayBuffer>;
}

/** Every type that is read, by ggml's name. */
export const BLOCK_TYPES: Readonly<Record<string, BlockType>> = {
  F32: { elements: 1, bytes: 4, dtype: 'f32' },
  F16: { elements: 1, bytes: 2, dtype: 'f16' },
  BF16: { elements: 1, bytes: 2, dtype: 'bf16' },
  Q8_0: { elements: 32, bytes: 34, dtype: 'q8_0' },
  Q4_0: { elements: 32, bytes: 18, dtype: 'q4_0' },
  Q4_1: { elements: 32, bytes: 20, dtype: 'q4_1' },
  Q5_0: { elements: 32, bytes: 22, dtype: 'f16', unpack: (blocks) => unpackQ5(blocks, false) },
  Q5_1: { elements: 32, bytes: 24, dtype: 'f16', unpack: (blocks) => unpackQ5(blocks, true) },
  Q4_K: { elements: 256, bytes: 144, dtype: 'f16', unpack: unpackQ4K },
  Q5_K: { elements: 256, bytes: 176, dtype: 'f16', unpack: unpackQ5K },
  Q6_K: { elements: 256, bytes: 210, dtype: 'f16', unpack: unpackQ6K },
};
