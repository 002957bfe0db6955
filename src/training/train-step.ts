import type { ACTIVATIONS } from '../config/session';
import type { Gpu, Owned, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { adamw, globalNorm, normBlocks, stepState, type AdamWSettings } from '../kernels/adamw/adamw';
import { FIRST_FREE_COUNT } from '../kernels/rows';
import { Activations, BackwardScratch } from '../model/activations';
import { BatchBuffers, packSequences } from '../model/batch';
import type { Model } from '../model/model';
import { recordBackward, recordForward } from '../model/transformer';
import { readings, type Objective, type Term } from '../objectives/objective';
import { StepViews } from '../objectives/step-views';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import { TensorSet } from '../tensors/tensor-set';
import { decayRanges } from './decay-ranges';
import { LossRing, RING_SLOTS } from './loss-ring';

/** Adam's moments as a checkpoint holds them. */
export interface MomentPages {
  first: Float32Array<ArrayBuffer>[];
  second: Float32Array<ArrayBuffer>[];
}

/** Adam's moments of what is trained of a model. */
class Moments {
  readonly first: TensorSet;
  readonly second: TensorSet;

  constructor(gpu: Gpu, model: Model) {
    this.first = new TensorSet(gpu, model.table, 'first moment', 'trained');
    this.second = new TensorSet(gpu, model.table, 'second moment', 'trained');
  }

  async readPages(): Promise<MomentPages> {
    const [first, second] = await Promise.all([this.first.readPages(), this.second.readPages()]);
    return { first, second };
  }

  writePages({ first, second }: MomentPages): void {
    this.first.writePages(first);
    this.second.writePages(second);
  }

  destroy(): void {
    this.first.destroy();
    this.second.destroy();
  }
}

/** What one optimiser step learns from. An objective without a term in it learns nothing in that step. */
export interface StepBatch {
  sequences: readonly (readonly number[])[];
  terms: readonly Term[];
}

export const tokensOf = ({ sequences }: StepBatch): number => sequences.reduce((sum, { length }) => sum + length, 0);

/** What a step measured: its loss and the metrics of its objectives, and the norm of its gradient before clipping. */
export interface StepReading {
  metrics: { loss: number } & Record<string, number>;
  gradNorm: number;
}

/** The ring's column of the gradient's norm; those of the objectives follow. */
const NORM_COLUMN = 0;

/**
 * One optimiser step, recorded once at its capacity and replayed: forward over the packed batch, the objectives, backward,
 * clipping, AdamW. Nothing is allocated, compiled or read back in `run`.
 */
export class TrainStep {
  readonly gradients: TensorSet;
  readonly moments: Moments;
  private readonly ring: LossRing;
  readonly activations: Activations;
  private readonly batch: BatchBuffers;
  private readonly scratch: BackwardScratch;
  private readonly state: Owned;
  private readonly sums: Owned;
  private readonly clip: Owned;
  private gradientProgram: Program | null = null;
  private updateProgram: Program | null = null;
  private slot = RING_SLOTS - 1;

  /**
   * @param tokens the most of a batch.
   * @param objectives recorded and added up in this order; the step destroys them with itself.
   * @param activations of every layer: kept for the backward pass, or computed again there from the layer's input.
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly model: Model,
    tokens: number,
    private readonly objectives: readonly Objective[],
    private readonly optimiser: AdamWSettings,
    activations: (typeof ACTIVATIONS)[number] = 'keep',
  ) {
    this.gradients = new TensorSet(gpu, model.table, 'gradients', 'trained');
    this.moments = new Moments(gpu, model);
    this.ring = new LossRing(gpu, 1 + objectives.reduce((sum, { columns }) => sum + columns.length, 0));
    this.activations = new Activations(gpu, model, tokens, activations === 'keep' ? 'all' : 'inputs');
    this.scratch = new BackwardScratch(gpu, model, tokens);
    this.batch = new BatchBuffers(gpu, tokens, true);
    this.state = gpu.buffer('step state', 16);
    this.sums = gpu.buffer('squared norms', normBlocks(this.gradients.pages.map(({ size }) => size / 4)) * 4);
    this.clip = gpu.buffer('clip', 16);
  }

  /** Compiles and records. @throws GpuValidationError */
  async record(): Promise<void> {
    const { gpu, model, batch, activations, scratch, gradients, state } = this;
    const recorder = new Recorder(gpu, 'gradients');
    recorder.clear(scratch.dhidden);
    recordForward(recorder, model, batch, activations);
    this.recordObjectives(recorder);
    recordBackward(recorder, model, batch, activations, scratch, gradients);
    globalNorm(recorder, {
      gradients: gradients.pages,
      maxNorm: this.optimiser.maxNorm,
      sums: this.sums,
      clip: this.clip,
      state,
      ring: this.ring.view,
      width: this.ring.width,
      column: NORM_COLUMN,
    });
    this.gradientProgram = await recorder.finish();

    const update = new Recorder(gpu, 'update');
    const weights = model.weights.pagesOf('trained');
    for (const { page, offset, size, weightDecay } of decayRanges(model.table, this.optimiser)) {
      const range = (pages: readonly Owned[]): View => ({ buffer: pages[page]!.buffer, offset, size });
      adamw(
        update,
        { ...this.optimiser, weightDecay },
        {
          state,
          clip: this.clip,
          gradients: range(gradients.pages),
          weights: range(weights),
          first: range(this.moments.first.pages),
          second: range(this.moments.second.pages),
        },
      );
    }
    this.updateProgram = await update.finish();
  }

  /** Each objective has its own count slots and ring columns; together they leave dhidden and the head's gradient. */
  private recordObjectives(recorder: Recorder): void {
    const { model, batch, gradients, state } = this;
    const { hidden } = this.activations;
    const { dhidden } = this.scratch;
    const ring = { ring: this.ring.view, width: this.ring.width };
    const shared = { recorder, model, batch, hidden, dhidden, gradients, state, ...ring, headIsWritten: false };
    let slot = FIRST_FREE_COUNT;
    let column = NORM_COLUMN + 1;
    for (const objective of this.objectives) {
      objective.record(new StepViews(shared, objective, slot, column));
      slot += objective.counts.length;
      column += objective.columns.length;
    }
    const { headName, adapter } = model.table;
    const clear = (name: string) => {
      if (gradients.has(name)) for (const { view } of gradients.tensor(name).blocks) recorder.clear(view);
    };
    if (!shared.headIsWritten) clear(headName);
    if (headName !== 'embed') clear('embed');
    // A tied head wrote the row's gradient, as it did the table's.
    if (adapter && (headName !== 'embed' || !shared.headIsWritten)) clear(TOKEN_ROW);
  }

  /**
   * Queues one step on `batch`. @returns the ring's slot that its losses will be in.
   * @param t the optimiser's step of this stage, from 1.
   * @param updates of the weights on this one batch, one after the other; the losses of the last one are kept.
   */
  run(batch: StepBatch, rate: number, t: number, updates = 1): number {
    this.nextSlot();
    for (let update = 1; update <= updates; update++) {
      this.queueGradients(batch, rate, (t - 1) * updates + update);
      this.updateProgram!.run();
    }
    return this.slot;
  }

  /** The same without an update: what the reference checks read. */
  gradientsOnly(batch: StepBatch): number {
    this.nextSlot();
    this.queueGradients(batch, 0, 1);
    return this.slot;
  }

  private nextSlot(): void {
    this.slot = (this.slot + 1) % RING_SLOTS;
  }

  private queueGradients(batch: StepBatch, rate: number, t: number): void {
    if (!this.gradientProgram) throw new Error('record() comes before run()');
    const counts = this.write(batch.terms);
    this.batch.write(packSequences(batch.sequences), {}, counts);
    this.gpu.write(this.state, stepState(this.slot, rate, this.optimiser, t));
    this.gradientProgram.run();
  }

  /** @returns the live rows of every objective, one after the other. */
  private write(terms: readonly Term[]): number[] {
    const own = new Map(terms.map((term) => [term.objective, term]));
    if (own.size < terms.length) throw new Error('a batch has targets of one objective twice');
    const counts = this.objectives.flatMap((objective) => own.get(objective)?.write() ?? objective.counts.map(() => 0));
    for (const objective of this.objectives) own.delete(objective);
    for (const { name } of own.keys())
      throw new Error(`a batch has targets of ${name}, which this step does not learn`);
    return counts;
  }

  /** What the steps in `slots` measured, in that order. */
  async read(slots: readonly number[]): Promise<StepReading[]> {
    return (await this.ring.read(slots)).map((row) => {
      let column = NORM_COLUMN + 1;
      const all = this.objectives.map((objective) =>
        objective.read(row.slice(column, (column += objective.columns.length))),
      );
      return { metrics: readings(all), gradNorm: row[NORM_COLUMN]! };
    });
  }

  /** Submits a step is split into, so that none holds the GPU for long. */
  set submits(count: number) {
    if (this.gradientProgram)
      this.gradientProgram.submits = Math.max(1, Math.min(count, this.gradientProgram.dispatches));
  }

  destroy(): void {
    for (const part of [this.gradients, this.moments, this.ring, this.activations, this.scratch, this.batch])
      part.destroy();
    for (const objective of this.objectives) objective.destroy();
    this.gradientProgram?.destroy();
    this.updateProgram?.destroy();
    this.gpu.free(this.state, this.sums, this.clip);
  }
}
