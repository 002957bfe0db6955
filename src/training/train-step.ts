import type { Gpu, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { adamw, globalNorm, normBlocks, stepState, type AdamWSettings } from '../kernels/adamw';
import { Activations, BackwardScratch } from '../model/activations';
import { recordBackward } from '../model/backward';
import { BatchBuffers, packSequences } from '../model/batch';
import { recordForward } from '../model/forward';
import type { Model } from '../model/model';
import { TensorSet } from '../tensors/tensor-set';
import { ContrastiveLoss } from './contrastive-loss';
import { LossRing, RING_COLUMN, RING_SLOTS, RING_WIDTH } from './loss-ring';
import type { LossSettings, StepBatch, StepCapacity } from './step-batch';
import { TokenLoss } from './token-loss';

/** Adam's moments of a model; they outlive a stage only where the stage says so. */
export class Moments {
  readonly first: TensorSet;
  readonly second: TensorSet;

  constructor(gpu: Gpu, model: Model) {
    this.first = new TensorSet(gpu, model.table, 'first moment', 'trained');
    this.second = new TensorSet(gpu, model.table, 'second moment', 'trained');
  }

  destroy(): void {
    this.first.destroy();
    this.second.destroy();
  }
}

/**
 * One optimiser step, recorded once at its capacity and replayed: forward over the packed batch, the losses the batch
 * has, backward, clipping, AdamW. Nothing is allocated, compiled or read back in `run`.
 */
export class TrainStep {
  readonly gradients: TensorSet;
  readonly ring: LossRing;
  readonly activations: Activations;
  readonly moments: Moments;
  private readonly batch: BatchBuffers;
  private readonly scratch: BackwardScratch;
  private readonly baseActivations: Activations | null;
  private readonly lm: TokenLoss | null;
  private readonly sft: TokenLoss | null;
  private readonly grpo: TokenLoss | null;
  readonly contrastive: ContrastiveLoss | null;
  private readonly state: View;
  private readonly sums: View;
  private readonly clip: View;
  private gradientProgram: Program | null = null;
  private updateProgram: Program | null = null;
  private slot = RING_SLOTS - 1;

  /** @param base the frozen start model of the KL term; needed where `weight_kl` is not 0. */
  constructor(
    private readonly gpu: Gpu,
    private readonly model: Model,
    capacity: StepCapacity,
    private readonly settings: LossSettings,
    private readonly optimiser: AdamWSettings,
    private readonly base: Model | null = null,
  ) {
    this.gradients = new TensorSet(gpu, model.table, 'gradients', 'trained');
    this.moments = new Moments(gpu, model);
    this.ring = new LossRing(gpu);
    this.activations = new Activations(gpu, model, capacity.tokens, 'all');
    this.scratch = new BackwardScratch(gpu, model, capacity.tokens);
    this.batch = new BatchBuffers(gpu, capacity.tokens, true);
    const withKl = base !== null && settings.weight_kl > 0 && capacity.sft > 0;
    this.baseActivations = withKl ? new Activations(gpu, base, capacity.tokens, 'nothing') : null;
    this.lm = capacity.lm > 0 ? new TokenLoss(gpu, model, { kind: 'lm', targets: capacity.lm }) : null;
    this.sft = capacity.sft > 0 ? new TokenLoss(gpu, model, { kind: 'sft', targets: capacity.sft, withKl }) : null;
    this.grpo = capacity.grpo > 0 ? new TokenLoss(gpu, model, { kind: 'grpo', targets: capacity.grpo }) : null;
    this.contrastive = capacity.queries > 0 ? new ContrastiveLoss(gpu, model, capacity) : null;
    this.state = gpu.buffer('step state', 16);
    this.sums = gpu.buffer('squared norms', normBlocks(this.gradients.pages.map(({ size }) => size / 4)) * 4);
    this.clip = gpu.buffer('clip', 16);
  }

  /** Compiles and records. @throws GpuValidationError */
  async record(): Promise<void> {
    const { gpu, model, batch, activations, scratch, gradients, settings } = this;
    const { counts } = batch;
    const recorder = new Recorder(gpu, 'gradients');
    recorder.clear(scratch.dhidden);
    recordForward(recorder, model, batch, activations);
    if (this.base && this.baseActivations) recordForward(recorder, this.base, batch, this.baseActivations);
    const shared = {
      counts,
      hidden: activations.hidden,
      dhidden: scratch.dhidden,
      gradients,
      state: this.state,
      ring: this.ring,
    };
    let accumulate = false;
    for (const loss of [this.sft, this.grpo, this.lm]) {
      if (!loss) continue;
      const base = this.base && this.baseActivations ? { model: this.base, hidden: this.baseActivations.hidden } : null;
      loss.record(recorder, { ...shared, accumulate, settings, base });
      accumulate = true;
    }
    if (!accumulate) recorder.clear(gradients.view(model.table.headName));
    if (model.table.headName !== 'embed') recorder.clear(gradients.view('embed'));
    this.contrastive?.record(recorder, { ...shared, settings });
    recordBackward(recorder, model, batch, activations, scratch, gradients);
    globalNorm(recorder, {
      gradients: gradients.pages,
      maxNorm: this.optimiser.maxNorm,
      sums: this.sums,
      clip: this.clip,
      state: this.state,
      ring: this.ring.view,
      width: RING_WIDTH,
      column: RING_COLUMN.gradNorm,
    });
    this.gradientProgram = await recorder.finish();

    const update = new Recorder(gpu, 'update');
    const weights = model.weights.pagesOf('trained');
    gradients.pages.forEach((page, i) => {
      adamw(update, this.optimiser, {
        state: this.state,
        clip: this.clip,
        gradients: page,
        weights: weights[i]!,
        first: this.moments.first.pages[i]!,
        second: this.moments.second.pages[i]!,
      });
    });
    this.updateProgram = await update.finish();
  }

  /**
   * Queues one step on `batch` and returns the ring's slot that its losses will be in.
   * @param t the optimiser's step of this stage, from 1.
   */
  run(batch: StepBatch, rate: number, t: number): number {
    const slot = this.gradientsOnly(batch, rate, t);
    this.updateProgram!.run();
    return slot;
  }

  /** The same without the update: what the reference checks read. */
  gradientsOnly(batch: StepBatch, rate = 0, t = 1): number {
    if (!this.gradientProgram) throw new Error('record() comes before run()');
    const { gpu } = this;
    this.slot = (this.slot + 1) % RING_SLOTS;
    this.batch.write(packSequences(batch.sequences), {
      TARGETS: batch.sft?.rows.length ?? batch.grpo?.rows.length ?? 0,
      LM_TARGETS: batch.lm?.rows.length ?? 0,
      QUERIES: batch.contrastive?.queryRows.length ?? 0,
      DOCUMENTS: batch.contrastive?.documentRows.length ?? 0,
    });
    if (batch.lm) this.lm?.write(batch.lm);
    if (batch.sft) this.sft?.write(batch.sft);
    if (batch.grpo) this.grpo?.write(batch.grpo);
    if (batch.contrastive) this.contrastive?.write(batch.contrastive);
    gpu.write(this.state, stepState(this.slot, rate, this.optimiser, t));
    this.gradientProgram.run();
    return this.slot;
  }

  /** Submits a step is split into, so that none holds the GPU for long. */
  set submits(count: number) {
    if (this.gradientProgram)
      this.gradientProgram.submits = Math.max(1, Math.min(count, this.gradientProgram.dispatches));
  }

  get grpoLogprobs(): View | null {
    return this.grpo?.logprobs ?? null;
  }

  destroy(): void {
    for (const part of [this.gradients, this.moments, this.ring, this.activations, this.scratch, this.batch])
      part.destroy();
    for (const part of [this.baseActivations, this.lm, this.sft, this.grpo, this.contrastive]) part?.destroy();
    this.gradientProgram?.destroy();
    this.updateProgram?.destroy();
    this.gpu.free(this.state, this.sums, this.clip);
  }
}
