import type { Gpu, Owned } from '../gpu/gpu';
import { FIRST_SCALE, lossScaleWords, readLossScale, type LossScaleState } from '../kernels/loss-scale/loss-scale';

/** What a checkpoint calls the parts of a loss scale's state. */
const NAMES = { scale: 'loss_scale', good: 'loss_scale.good', skipped: 'loss_scale.skipped' } as const;

/** The columns that it adds to the ring, and to `metrics.jsonl`. */
export const SCALE_METRICS = ['loss_scale', 'skipped_steps'] as const;

/**
 * The dynamic loss scale of a stage whose products are of halves: gradients of the loss are multiplied by it, so that they do
 * not vanish below the smallest half, and divided by it before they are clipped. It lives on the GPU, where each step finds
 * what the one before left, and in checkpoints. A skipped step counts as a step: in the schedule of the learning rate, and in
 * Adam's corrections, where PyTorch's optimiser leaves it out.
 */
export class LossScale {
  /** `LossScaleState` */
  readonly view: Owned;

  constructor(private readonly gpu: Gpu) {
    this.view = gpu.upload('loss scale', lossScaleWords(FIRST_SCALE));
  }

  async read(): Promise<LossScaleState> {
    return readLossScale(await this.gpu.readIntegers(this.view));
  }

  /** The state by its names in a checkpoint. */
  async numbers(): Promise<Record<string, number>> {
    const { scale, good, skipped } = await this.read();
    return { [NAMES.scale]: scale, [NAMES.good]: good, [NAMES.skipped]: skipped };
  }

  /** Continues from the numbers of a checkpoint. */
  restore(numbers: Readonly<Record<string, number>>): void {
    const number = (key: keyof typeof NAMES): number => numbers[NAMES[key]] ?? FIRST_SCALE[key];
    const state = { scale: number('scale'), good: number('good'), skipped: number('skipped') };
    this.gpu.write(this.view, lossScaleWords(state));
  }

  destroy(): void {
    this.gpu.free(this.view);
  }
}
