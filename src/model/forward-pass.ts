import { Recorder, type Program } from '../gpu/recorder';
import { Activations } from './activations';
import { BatchBuffers, type PackedSequences } from './batch';
import type { Model } from './model';
import { recordForward } from './transformer';

/**
 * A model's forward pass over packed sequences, and what is made of its hidden states, as one program: recorded when it is
 * first needed, replayed from then on.
 */
export class ForwardPass {
  readonly batch: BatchBuffers;
  readonly activations: Activations;
  private program: Program | null = null;

  /**
   * @param tokens bounds what one submit holds.
   * @param then records what follows; `activations.hidden` then holds the final hidden states (tokens, C).
   */
  constructor(
    private readonly model: Model,
    private readonly label: string,
    readonly tokens: number,
    private readonly then: (recorder: Recorder) => void = () => undefined,
  ) {
    this.batch = new BatchBuffers(model.gpu, tokens, false);
    this.activations = new Activations(model.gpu, model, tokens, 'nothing');
  }

  /** Records the program, the first time. */
  async ready(): Promise<void> {
    if (this.program) return;
    const recorder = new Recorder(this.model.gpu, this.label);
    recordForward(recorder, this.model, this.batch, this.activations);
    this.then(recorder);
    this.program = await recorder.finish();
  }

  /** Queues one submit; `ready` comes before. @param counts of the rows that live beside the tokens. */
  run(packed: PackedSequences, counts: Parameters<BatchBuffers['write']>[1] = {}): void {
    if (!this.program) throw new Error(`${this.label}: run before it is ready`);
    this.batch.write(packed, counts);
    this.program.run();
  }

  destroy(): void {
    this.batch.destroy();
    this.activations.destroy();
    this.program?.destroy();
  }
}
