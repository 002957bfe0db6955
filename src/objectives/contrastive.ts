import type { View } from '../gpu/gpu';
import { distil, infonce, triplet } from '../kernels/contrastive/contrastive';
import { InputError } from '../lib/errors';
import type { Model } from '../model/model';
import { CosineScores, type PairTargets, type ScoreViews } from './cosine-scores';
import type { RowRange } from '../model/batch-parts';
import type { CachedGradients, Objective, Reading } from './objective';
import type { StepViews } from './step-views';

/** The queries and documents that a step compares, and a teacher's scores of them where one is distilled. */
export interface ContrastiveTargets extends PairTargets {
  /** The teacher's score of each query (rows) with each document of the batch (columns). */
  teacher?: Float32Array<ArrayBuffer>;
}

export interface ContrastiveOptions {
  /** The most of a step. */
  queries: number;
  documents: number;
  infonce: { weight: number; temperature: number };
  /** The triplet loss on each query's negative, where it is wanted. */
  triplet?: { weight: number; margin: number };
  /** Distillation of a teacher's ranking of the batch, where there is one; the model's temperature is InfoNCE's. */
  distil?: { weight: number; teacherTemperature: number };
}

/**
 * The contrastive losses of a batch, by cosine: InfoNCE, and where they have weight the triplet loss and a teacher's
 * distillation, between its queries and documents.
 */
export class Contrastive implements Objective<ContrastiveTargets> {
  readonly name = 'contrastive';
  readonly columns: readonly string[];
  readonly counts = CosineScores.COUNTS;
  readonly cosines: CosineScores;
  readonly cached: CachedGradients<ContrastiveTargets>;
  private readonly losses: { infonce: View; triplet?: View; distil?: View };
  /** The teacher's scores, (queries, documents). */
  private readonly teacher: View | null = null;

  constructor(
    private readonly model: Model,
    private readonly options: ContrastiveOptions,
  ) {
    this.cosines = new CosineScores(model, options);
    this.losses = { infonce: this.cosines.floats('infonce losses', options.queries) };
    if (options.triplet) this.losses.triplet = this.cosines.floats('triplet losses', options.queries);
    if (options.distil) {
      this.losses.distil = this.cosines.floats('distillation losses', options.queries);
      this.teacher = this.cosines.floats('teacher scores', options.queries * options.documents);
    }
    this.columns = Object.keys(this.losses);
    const { cosines } = this;
    this.cached = {
      begin: (recorder) => cosines.clearKept(recorder),
      keep: (step) => cosines.keep(step),
      compare: (step) => cosines.compare(step, (views) => this.loss(step, views)),
      giveBack: (step) => cosines.giveBack(step),
      write: (targets) => this.writeAll(targets),
    };
  }

  record(step: StepViews): void {
    this.cosines.record(step, (views) => this.loss(step, views));
  }

  private loss(step: StepViews, { shape, ...views }: ScoreViews): void {
    const { options, losses } = this;
    infonce(step.recorder, step, shape, { ...options.infonce, ...views, losses: losses.infonce });
    step.sum('infonce', shape.queries, losses.infonce);
    if (options.triplet && losses.triplet) {
      triplet(step.recorder, step, shape, { ...options.triplet, ...views, losses: losses.triplet });
      step.sum('triplet', shape.queries, losses.triplet);
    }
    const { teacher } = this;
    if (options.distil && losses.distil && teacher) {
      const { temperature } = options.infonce;
      distil(step.recorder, step, shape, { ...options.distil, temperature, teacher, ...views, losses: losses.distil });
      step.sum('distil', shape.queries, losses.distil);
    }
  }

  write(targets: ContrastiveTargets, part: RowRange | null): readonly number[] {
    return part === null ? this.writeAll(targets) : this.cosines.writePart(targets, part);
  }

  private writeAll(targets: ContrastiveTargets): readonly number[] {
    const live = this.cosines.write(targets);
    if (this.teacher) this.writeTeacher(this.teacher, targets);
    return live;
  }

  private writeTeacher(to: View, { teacher, queryRows, documentRows }: ContrastiveTargets): void {
    const [queries, documents] = [queryRows.length, documentRows.length];
    if (teacher?.length !== queries * documents) {
      throw new InputError(
        `a batch has ${teacher?.length ?? 0} scores of the teacher, expected ${queries} × ${documents}: one for each query and document`,
      );
    }
    const pitch = this.options.documents;
    const rows = new Float32Array(queries * pitch);
    for (let i = 0; i < queries; i++) rows.set(teacher.subarray(i * documents, (i + 1) * documents), i * pitch);
    this.model.gpu.write(to, rows);
  }

  read(row: readonly number[]): Reading {
    const { infonce: i, triplet: t, distil: d } = this.options;
    const weights: Readonly<Record<string, number>> = {
      infonce: i.weight,
      triplet: t?.weight ?? 0,
      distil: d?.weight ?? 0,
    };
    return {
      parts: this.columns.map((name, at) => weights[name]! * row[at]!),
      losses: Object.fromEntries(this.columns.map((name, at) => [`loss/${name}`, row[at]!])),
    };
  }

  destroy(): void {
    this.cosines.destroy();
  }
}
