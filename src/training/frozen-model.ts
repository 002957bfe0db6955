import { Recorder } from '../gpu/recorder';
import type { Model } from '../model/model';

/**
 * A model that training leaves alone: what a KL term measures the distance from. It copies what is trained, an adapter where
 * there is one, and shares what is frozen. Takes no memory until it is used.
 */
export class FrozenModel {
  private copy: Model | null = null;

  constructor(private readonly original: Model) {}

  /** The copy; its weights are those of the last `take` or `writePages`. */
  get model(): Model {
    this.copy ??= this.original.sibling();
    return this.copy;
  }

  /** Copies what is trained of the original as it stands, on the GPU. */
  async take(): Promise<void> {
    const recorder = new Recorder(this.original.gpu, 'freeze');
    const to = this.model.weights.pagesOf('trained');
    this.original.weights.pagesOf('trained').forEach((page, i) => recorder.copy(page, to[i]!));
    const program = await recorder.finish();
    program.run();
    program.destroy();
  }

  /** Null where there is no copy. */
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
