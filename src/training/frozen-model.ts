import { Recorder } from '../gpu/recorder';
import { Model } from '../model/model';

/** A copy of a model that training leaves alone: what a KL term measures the distance from. Takes no memory until it is used. */
export class FrozenModel {
  private copy: Model | null = null;

  constructor(private readonly original: Model) {}

  /** The copy; its weights are those of the last `take` or `writePages`. */
  get model(): Model {
    this.copy ??= new Model(this.original.gpu, this.original.architecture);
    return this.copy;
  }

  /** Copies the weights of the original as they stand, on the GPU. */
  async take(): Promise<void> {
    const recorder = new Recorder(this.original.gpu, 'freeze');
    const to = this.model.weights.pages;
    this.original.weights.pages.forEach((page, i) => recorder.copy(page, to[i]!));
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
