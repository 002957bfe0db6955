import type { StageName as StageName } from '../../config/stages';
import type { Gpu } from '../../gpu/gpu';
import type { Model } from '../../model/model';
import { NextToken } from '../../objectives/next-token';
import type { Objective } from '../../objectives/objective';
import type { StepMetrics } from '../../records/records';
import type { StepBatch } from '../gradient-pass';
import { adamwSettings, learningRate, type OptimiserSettings } from '../schedule';
import { batchTokens, TrainStep } from '../train-step';
import { StagePace } from './pace';
import type { Stage, StageContext, StageState } from './stage';

export interface SupervisedOptions {
  /** The most tokens of a batch. */
  tokens: number;
  /** The most tokens that are computed at once; the objectives are made for as many. */
  atOnce: number;
  objectives: readonly Objective[];
  /** The batch of step t, a function of the session and t alone. */
  batch: (t: number) => StepBatch;
  /** Does what comes before the first step. */
  begin?: () => Promise<void>;
}

/** A stage whose batches depend on (seed, stage, step) alone, so that only the optimiser has a state. */
export class SupervisedStage implements Stage {
  private readonly gpu: Gpu;
  private readonly step: TrainStep;
  private readonly settings: OptimiserSettings;
  private readonly pace = new StagePace();
  private isRestored = false;

  constructor(
    { gpu, model, session }: StageContext,
    readonly name: StageName,
    private readonly options: SupervisedOptions,
  ) {
    this.gpu = gpu;
    this.settings = session[name];
    const { tokens, objectives, atOnce } = options;
    const { activations, numerics } = session.model;
    const optimiser = adamwSettings(this.settings);
    this.step = new TrainStep(gpu, model, tokens, objectives, optimiser, activations, atOnce, numerics);
  }

  restore(state: StageState): void {
    this.step.restore(state);
    this.isRestored = true;
  }

  record(): Promise<void> {
    return this.step.record();
  }

  async prepare(): Promise<void> {
    if (!this.isRestored) await this.options.begin?.();
    await this.record();
  }

  async run(t: number): Promise<void> {
    const batch = this.options.batch(t);
    const rate = learningRate(this.settings, t);
    const slot = this.step.run(batch, rate, t);
    this.pace.queued({ t, rate, tokens: batchTokens(batch), slot, microBatches: this.step.microBatches });
    if (this.pace.isMeasuring) await this.gpu.idle();
  }

  flush(): Promise<StepMetrics[]> {
    return this.pace.flush(this.step, this.name);
  }

  async state(): Promise<StageState> {
    return { ...(await this.step.optimiserState()), arrays: {} };
  }

  get stepMilliseconds(): number {
    return this.pace.milliseconds;
  }

  destroy(): void {
    this.step.destroy();
  }
}

/**
 * The objective that repeats facts beside stages 1 and 2; null where it has no weight.
 * @param targets the most of a step
 */
export const replayOf = (model: Model, targets: number, weight: number): NextToken | null =>
  weight > 0 ? new NextToken(model, { name: 'replay', targets, weight }) : null;
