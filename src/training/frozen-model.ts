import { Recorder } from '../gpu/recorder';
import type { Model } from '../model/model';

/**
 * A copy of the model that training does not change: a KL term measures the distance from it. It copies what is
 * trained, or the adapter where there is one, and shares what is frozen. It takes no memory until it is used.
 */
export class FrozenModel {
  private copy: Model | null = null;

  constructor(private readonly original: Model) {}

  /** The copy; its weights are those of the last `take` or `writePages`. */
  get model(): Model {
    this.copy ??= this.original.sibling();
    return this.copy;
  }

  /** Copies the trained tensors of the original as they are now, on the GPU. */
  async take(): Promise<void> {
    const recorder = new Recorder(this.original.gpu, 'freeze');
    const to = this.model.weights.pagesOf('trained');
    this.original.weights.pagesOf('trained').forEach((page, i) => recorder.copy(page, to[i]!));
    const program = await recorder.finish();
    program.run();
    program.destroy();
  }

  /** Reads the copied weights back; null where no copy was taken. */
  async readPages(): Promise<Float32Array<ArrayBuffer>[] | null> {
    return this.copy && this.copy.weights.readPages();
  }

  writePages(pages: readonly Float32Array<ArrayBuffer>[]): void {
    this.model.weights.writePages(pages);
  }

  destroy(): void {
    this.copy?.destroy();
  }
}
