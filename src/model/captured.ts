import type { Owned, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { l2NormalizeForward } from '../kernels/l2-normalize/l2-normalize';
import { countWords, fixedRows } from '../kernels/rows';
import type { Generator } from './generator';
import type { Model } from './model';

/** Embeddings of completions that ended in the embed token: the generator's captured hidden states, L2-normalised. */
export class CapturedEmbeddings {
  private readonly norms: Owned;
  private readonly counts: Owned;
  private program: Program | null = null;

  /** @param into as many rows (…, C) as the generator has sequences. */
  constructor(
    private readonly model: Model,
    private readonly generator: Generator,
    private readonly into: View,
  ) {
    const { gpu } = model;
    this.norms = gpu.buffer('captured norms', generator.capacity.sequences * 4);
    this.counts = gpu.upload('captured counts', countWords({}));
  }

  /** Queues the embeddings of what `generate` wrote last. Rows of completions without the token mean nothing. */
  async embed(): Promise<void> {
    (await this.ready()).run();
  }

  /** Records what `embed` runs, the first time. */
  async ready(): Promise<Program> {
    this.program ??= await this.record();
    return this.program;
  }

  private record(): Promise<Program> {
    const { model, generator, counts, norms } = this;
    const recorder = new Recorder(model.gpu, 'embed completions');
    const rows = fixedRows(generator.capacity.sequences);
    const channels = model.architecture.hidden_size;
    l2NormalizeForward(recorder, { counts }, { rows, channels, x: generator.captured, y: this.into, norms });
    return recorder.finish();
  }

  destroy(): void {
    this.program?.destroy();
    this.model.gpu.free(this.norms, this.counts);
  }
}
