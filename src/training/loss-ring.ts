import type { Gpu, View } from '../gpu/gpu';

/** Columns of a step's record on the GPU. */
export const RING_COLUMN = {
  lm: 0,
  sft: 1,
  kl: 2,
  infonce: 3,
  triplet: 4,
  gradNorm: 5,
  grpoObjective: 6,
  grpoKl: 7,
  clipLow: 8,
  clipHigh: 9,
  entropy: 10,
} as const;
export const RING_WIDTH = 12;
/** Steps that the ring holds; it is read at least this often. */
export const RING_SLOTS = 8;

export type RingRow = Record<keyof typeof RING_COLUMN, number>;

/** Losses stay on the GPU for a few steps and come back together, so that reading never stops the queue. */
export class LossRing {
  readonly view: View;

  constructor(private readonly gpu: Gpu) {
    this.view = gpu.buffer('loss ring', RING_SLOTS * RING_WIDTH * 4);
  }

  /** The rows of `slots`, in that order. */
  async read(slots: readonly number[]): Promise<RingRow[]> {
    const values = await this.gpu.readFloats(this.view);
    return slots.map((slot) => {
      const row = values.subarray(slot * RING_WIDTH, (slot + 1) * RING_WIDTH);
      const at = (name: keyof typeof RING_COLUMN) => row[RING_COLUMN[name]]!;
      return {
        lm: at('lm'),
        sft: at('sft'),
        kl: at('kl'),
        infonce: at('infonce'),
        triplet: at('triplet'),
        gradNorm: at('gradNorm'),
        grpoObjective: at('grpoObjective'),
        grpoKl: at('grpoKl'),
        clipLow: at('clipLow'),
        clipHigh: at('clipHigh'),
        entropy: at('entropy'),
      };
    });
  }

  destroy(): void {
    this.gpu.free(this.view);
  }
}
