import type { View } from '../gpu/gpu';
import { infonce, triplet } from '../kernels/contrastive/contrastive';
import type { Model } from '../model/model';
import { CosineScores, type PairTargets, type ScoreViews } from './cosine-scores';
import type { RowRange } from '../model/batch-parts';
import type { CachedGradients, Objective, Reading } from './objective';
import type { StepViews } from './step-views';

export interface ContrastiveOptions {
  /** The most of a step. */
  queries: number;
  documents: number;
  infonce: { weight: number; temperature: number };
  /** The triplet loss on each query's negative, where it is wanted. */
  triplet?: { weight: number; margin: number };
}

/** InfoNCE, and the triplet loss where it is asked for, between the queries and the documents of one batch, by cosine. */
export class Contrastive implements Objective<PairTargets> {
  readonly name = 'contrastive';
  readonly columns: readonly string[];
  readonly counts = CosineScores.COUNTS;
  readonly cosines: CosineScores;
  readonly cached: CachedGradients<PairTargets>;
  private readonly losses: { infonce: View; triplet?: View };

  constructor(
    model: Model,
    private readonly options: ContrastiveOptions,
  ) {
    this.cosines = new CosineScores(model, options);
    this.losses = { infonce: this.cosines.floats('infonce losses', options.queries) };
    if (options.triplet) this.losses.triplet = this.cosines.floats('triplet losses', options.queries);
    this.columns = Object.keys(this.losses);
    const { cosines } = this;
    this.cached = {
      begin: (recorder) => cosines.clearKept(recorder),
      keep: (step) => cosines.keep(step),
      compare: (step) => cosines.compare(step, (views) => this.loss(step, views)),
      giveBack: (step) => cosines.giveBack(step),
      write: (targets) => cosines.write(targets),
    };
  }

  record(step: StepViews): void {
    this.cosines.record(step, (views) => this.loss(step, views));
  }

  private loss(step: StepViews, { shape, ...views }: ScoreViews): void {
    const { options, losses } = this;
    infonce(step.recorder, step, shape, { ...options.infonce, ...views, losses: losses.infonce });
    step.sum('infonce', shape.queries, losses.infonce);
    if (!options.triplet || !losses.triplet) return;
    triplet(step.recorder, step, shape, { ...options.triplet, ...views, losses: losses.triplet });
    step.sum('triplet', shape.queries, losses.triplet);
  }

  write(targets: PairTargets, part: RowRange | null): readonly number[] {
    return part === null ? this.cosines.write(targets) : this.cosines.writePart(targets, part);
  }

  read([near, far]: readonly number[]): Reading {
    const { infonce: i, triplet: t } = this.options;
    return {
      parts: [i.weight * near!, ...(t ? [t.weight * far!] : [])],
      losses: { 'loss/infonce': near!, ...(t ? { 'loss/triplet': far! } : {}) },
    };
  }

  destroy(): void {
    this.cosines.destroy();
  }
}
