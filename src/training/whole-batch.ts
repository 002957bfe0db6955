import { Recorder, type Program } from '../gpu/recorder';
import { packSequences } from '../model/batch';
import { recordBackward, recordForward } from '../model/transformer';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import {
  eachObjective,
  recordNorm,
  termsOf,
  writeTerms,
  type GradientPass,
  type StepBatch,
  type StepParts,
} from './gradient-pass';

/** Computes the gradients of a whole batch at once, as one program: forward, the objectives, backward, the norm. */
export class WholeBatch implements GradientPass {
  private program: Program | null = null;

  constructor(private readonly parts: StepParts) {}

  async record(): Promise<void> {
    const { gpu, model, batch, activations, scratch, gradients, partial } = this.parts;
    const recorder = new Recorder(gpu, 'gradients');
    recorder.clear(scratch.dhidden);
    recordForward(recorder, model, batch, activations);
    this.recordObjectives(recorder);
    recordBackward(recorder, model, batch, activations, scratch, gradients, partial);
    recordNorm(recorder, this.parts);
    this.program = await recorder.finish();
  }

  /** Records all objectives, which together write the gradient of the hidden states and that of the head. */
  private recordObjectives(recorder: Recorder): void {
    const { model, gradients } = this.parts;
    const { headIsWritten } = eachObjective(this.parts, recorder, false, (objective, step) => objective.record(step));
    const { headName, adapter } = model.table;
    const clear = (name: string) => {
      if (gradients.has(name)) for (const { view } of gradients.tensor(name).blocks) recorder.clear(view);
    };
    if (!headIsWritten) clear(headName);
    if (headName !== 'embed') clear('embed');
    // A tied head wrote the row's gradient, as it did the table's.
    if (adapter && (headName !== 'embed' || !headIsWritten)) clear(TOKEN_ROW);
  }

  run({ sequences, terms }: StepBatch): null {
    if (!this.program) throw new Error('record() comes before run()');
    const { objectives, batch } = this.parts;
    const counts = writeTerms(objectives, termsOf(objectives, terms), null);
    batch.write(packSequences(sequences), {}, counts);
    this.program.run();
    return null;
  }

  split(submits: number): void {
    if (this.program) this.program.submits = Math.max(1, Math.min(submits, this.program.dispatches));
  }

  destroy(): void {
    this.program?.destroy();
  }
}
