import type { Gpu, Owned } from '../gpu/gpu';

/** Steps that the ring holds; it is read at least this often. */
export const RING_SLOTS = 8;

/**
 * A ring buffer on the GPU for what steps measure: it holds a few steps and is read in one go, so that reading never
 * stops the queue.
 */
export class LossRing {
  /** (RING_SLOTS, width) */
  readonly view: Owned;

  /** @param width numbers per step. */
  constructor(
    private readonly gpu: Gpu,
    readonly width: number,
  ) {
    this.view = gpu.buffer('loss ring', RING_SLOTS * width * 4);
  }

  /** The rows of `slots`, in that order. */
  async read(slots: readonly number[]): Promise<number[][]> {
    const values = await this.gpu.readFloats(this.view);
    return slots.map((slot) => Array.from(values.subarray(slot * this.width, (slot + 1) * this.width)));
  }

  destroy(): void {
    this.gpu.free(this.view);
  }
}
