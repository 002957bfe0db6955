import { FIRST_NUMERICS } from '../config/numerics';
import type { ACTIVATIONS } from '../config/sections/model';
import type { Gpu, Owned, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { adamw, normBlocks, stepState, type AdamWSettings } from '../kernels/adamw/adamw';
import { Activations, BackwardScratch } from '../model/activations';
import { BatchBuffers } from '../model/batch';
import type { Model } from '../model/model';
import { PartialSums } from '../model/partial-sums';
import { readings, type Objective } from '../objectives/objective';
import { TensorSet } from '../tensors/tensor-set';
import { decayRanges } from './decay-ranges';
import { NORM_COLUMN, type GradientPass, type StepBatch } from './gradient-pass';
import { LossRing, RING_SLOTS } from './loss-ring';
import { LossScale, SCALE_METRICS } from './loss-scale';
import { MicroBatches } from './micro-batches';
import { WholeBatch } from './whole-batch';

/** Pages of Adam's moments as a checkpoint holds them. */
export interface MomentPages {
  first: Float32Array<ArrayBuffer>[];
  second: Float32Array<ArrayBuffer>[];
}

/** Adam's moments of a model's trained tensors. */
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

export const batchTokens = ({ sequences }: StepBatch): number => sequences.reduce((sum, { length }) => sum + length, 0);

/** What a step measured: its loss, the metrics of its objectives, and the norm of its gradient before clipping. */
export interface StepReading {
  metrics: { loss: number } & Record<string, number>;
  gradNorm: number;
  /** Whether it changed no weight, because halves overflowed in its gradient, whose norm then is not finite. */
  isSkipped?: boolean;
}

/**
 * One optimiser step, recorded once at its capacity and replayed: forward over the packed batch, the objectives, backward,
 * clipping, AdamW. Nothing is allocated, compiled or read back in `run`.
 */
export class TrainStep {
  readonly gradients: TensorSet;
  readonly moments: Moments;
  /** Of gradients through products of halves; null where products are of floats. */
  readonly lossScale: LossScale | null;
  private readonly ring: LossRing;
  readonly activations: Activations;
  private readonly batch: BatchBuffers;
  private readonly scratch: BackwardScratch;
  private readonly partial: PartialSums;
  private readonly state: Owned;
  private readonly sums: Owned;
  private readonly clip: Owned;
  private readonly pass: GradientPass;
  private updateProgram: Program | null = null;
  private slot = RING_SLOTS - 1;
  private inParts: number | null = null;

  /**
   * @param tokens the most of a batch.
   * @param objectives recorded and added up in this order; the step destroys them with itself.
   * @param activations of every layer: kept for the backward pass, or computed again there from the layer's input.
   * @param atOnce the most tokens that are computed at once; with fewer than `tokens` a batch is computed in
   * micro-batches, and the objectives are made for as many.
   * @param numerics of the session: `config/numerics.ts`.
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly model: Model,
    tokens: number,
    private readonly objectives: readonly Objective[],
    private readonly optimiser: AdamWSettings,
    activations: (typeof ACTIVATIONS)[number] = 'keep',
    atOnce = tokens,
    numerics = FIRST_NUMERICS,
  ) {
    this.gradients = new TensorSet(gpu, model.table, 'gradients', 'trained');
    this.moments = new Moments(gpu, model);
    this.lossScale = model.table.compute === 'f16' ? new LossScale(gpu) : null;
    const own = objectives.reduce((sum, { columns }) => sum + columns.length, 0);
    this.ring = new LossRing(gpu, 1 + own + (this.lossScale ? SCALE_METRICS.length : 0));
    this.activations = new Activations(gpu, model, atOnce, activations === 'keep' ? 'all' : 'inputs');
    this.scratch = new BackwardScratch(gpu, model, atOnce);
    this.partial = new PartialSums(gpu, model, this.gradients, atOnce, numerics);
    this.batch = new BatchBuffers(gpu, atOnce, true);
    this.state = gpu.buffer('step state', 16);
    this.sums = gpu.buffer('squared norms', normBlocks(this.gradients.pages.map(({ size }) => size / 4)) * 4);
    this.clip = gpu.buffer('clip', 16);
    const { gradients, ring, batch, scratch, partial, state, sums, clip, lossScale } = this;
    const made = {
      gradients,
      ring,
      activations: this.activations,
      batch,
      scratch,
      partial,
      state,
      sums,
      clip,
      lossScale,
    };
    const parts = { gpu, model, objectives, ...made, maxNorm: optimiser.maxNorm };
    this.pass = atOnce < tokens ? new MicroBatches(parts) : new WholeBatch(parts);
  }

  /** Compiles and records. @throws GpuValidationError */
  async record(): Promise<void> {
    const { gpu, model, gradients, state } = this;
    await this.pass.record();
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

  /**
   * Queues one step on `batch`.
   * @returns the ring's slot that will hold its losses.
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

  /** Queues the same without an update, for the checks of gradients against a reference. */
  gradientsOnly(batch: StepBatch): number {
    this.nextSlot();
    this.queueGradients(batch, 0, 1);
    return this.slot;
  }

  private nextSlot(): void {
    this.slot = (this.slot + 1) % RING_SLOTS;
  }

  private queueGradients(batch: StepBatch, rate: number, t: number): void {
    this.gpu.write(this.state, stepState(this.slot, rate, this.optimiser, t));
    this.inParts = this.pass.run(batch, this.slot);
  }

  /** Continues from a stage's state. */
  restore({ moments, numbers }: { moments: MomentPages; numbers: Readonly<Record<string, number>> }): void {
    this.moments.writePages(moments);
    this.lossScale?.restore(numbers);
  }

  /** The optimiser's part of a stage's state: Adam's moments, and the loss scale's numbers where there is one. */
  async optimiserState(): Promise<{ moments: MomentPages; numbers: Readonly<Record<string, number>> }> {
    const [moments, numbers] = await Promise.all([this.moments.readPages(), this.lossScale?.numbers() ?? {}]);
    return { moments, numbers };
  }

  /** Reads what the steps in `slots` measured, in that order. */
  async read(slots: readonly number[]): Promise<StepReading[]> {
    return (await this.ring.read(slots)).map((row) => {
      let column = NORM_COLUMN + 1;
      const all = this.objectives.map((objective) =>
        objective.read(row.slice(column, (column += objective.columns.length))),
      );
      const gradNorm = row[NORM_COLUMN]!;
      const metrics = readings(all);
      if (!this.lossScale) return { metrics, gradNorm };
      SCALE_METRICS.forEach((name, i) => (metrics[name] = row[column + i]!));
      return { metrics, gradNorm, isSkipped: !Number.isFinite(gradNorm) };
    });
  }

  /** Number of micro-batches of the step that was queued last; null where batches are computed as a whole. */
  get microBatches(): number | null {
    return this.inParts;
  }

  /** Number of submits that a step is split into, so that none holds the GPU for long. */
  set submits(count: number) {
    this.pass.split(count);
  }

  destroy(): void {
    const { gradients, moments, ring, activations, scratch, partial, batch } = this;
    for (const part of [gradients, moments, ring, activations, scratch, partial, batch]) part.destroy();
    for (const objective of this.objectives) objective.destroy();
    this.lossScale?.destroy();
    this.pass.destroy();
    this.updateProgram?.destroy();
    this.gpu.free(this.state, this.sums, this.clip);
  }
}
