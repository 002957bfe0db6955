import type { View } from './view';

/** Buffers up to this many bytes are remembered: counts, ids and ranges of batches are, weights are not. */
const REMEMBERED_BYTES = 4 << 20;

/**
 * Keeps what the CPU wrote into small buffers, from which the work of a dispatch is counted without reading anything
 * back.
 */
export class Uploads {
  private readonly remembered = new WeakMap<GPUBuffer, Uint8Array<ArrayBuffer>>();

  wrote({ buffer, offset }: View, data: ArrayBufferView, byteOffset: number): void {
    if (buffer.size > REMEMBERED_BYTES || data.byteLength === 0) return;
    const bytes = this.remembered.get(buffer) ?? new Uint8Array(buffer.size);
    this.remembered.set(buffer, bytes);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset + byteOffset);
  }

  /** A copy of what is there; zeros where nothing was written. */
  bytesOf({ buffer, offset, size }: View): Uint8Array<ArrayBuffer> {
    return this.remembered.get(buffer)?.slice(offset, offset + size) ?? new Uint8Array(size);
  }
}
