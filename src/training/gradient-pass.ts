import type { Gpu, Owned } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { globalNorm } from '../kernels/adamw/adamw';
import { unscale } from '../kernels/loss-scale/loss-scale';
import { FIRST_FREE_COUNT } from '../kernels/rows';
import type { Activations, BackwardScratch } from '../model/activations';
import type { BatchBuffers } from '../model/batch';
import type { RowRange } from '../model/batch-parts';
import type { Model } from '../model/model';
import type { PartialSums } from '../model/partial-sums';
import type { Objective, LossTerm } from '../objectives/objective';
import { StepViews, type SharedViews } from '../objectives/step-views';
import type { TensorSet } from '../tensors/tensor-set';
import type { LossRing } from './loss-ring';
import { SCALE_METRICS, type LossScale } from './loss-scale';

/** The sequences and loss terms of one optimiser step. An objective without a term learns nothing in that step. */
export interface StepBatch {
  sequences: readonly (readonly number[])[];
  terms: readonly LossTerm[];
}

/** The ring's column of the gradient's norm; those of the objectives follow, then those of a loss scale. */
export const NORM_COLUMN = 0;

/** The buffers and objectives that a step's gradients are computed with; their creator destroys them. */
export interface StepParts {
  gpu: Gpu;
  model: Model;
  /** Recorded and added up in this order. */
  objectives: readonly Objective[];
  gradients: TensorSet;
  ring: LossRing;
  activations: Activations;
  batch: BatchBuffers;
  scratch: BackwardScratch;
  partial: PartialSums;
  state: Owned;
  sums: Owned;
  clip: Owned;
  /** Of gradients through products of halves; null where there are none. */
  lossScale: LossScale | null;
  /** The norm that gradients are clipped to. */
  maxNorm: number;
}

/** A way to compute a step's gradients: the whole batch at once, or part by part. */
export interface GradientPass {
  /** Compiles and records. @throws GpuValidationError */
  record(): Promise<void>;
  /**
   * Queues the gradients of a batch, the factor that clips them, and what the step measures, into the ring's `slot`.
   * @returns how many parts it was computed in; null where batches are computed as a whole.
   */
  run(batch: StepBatch, slot: number): number | null;
  /** Submits a step is split into, about, so that none holds the GPU for long. */
  split(submits: number): void;
  destroy(): void;
}

/**
 * Calls `body` with each objective and its own views of the step: count slots and ring columns.
 * @param accumulate whether the recorded kernels add to gradients that are already there.
 * @returns the views that all objectives share.
 */
export function eachObjective(
  parts: StepParts,
  recorder: Recorder,
  accumulate: boolean,
  body: (objective: Objective, step: StepViews) => void,
): SharedViews {
  const { model, batch, gradients, state, ring } = parts;
  const { hidden } = parts.activations;
  const { dhidden } = parts.scratch;
  const lossScale = parts.lossScale?.view ?? null;
  const to = { ring: ring.view, width: ring.width, lossScale, accumulate, headIsWritten: false };
  const shared = { recorder, model, batch, hidden, dhidden, gradients, state, ...to };
  let slot = FIRST_FREE_COUNT;
  let column = NORM_COLUMN + 1;
  for (const objective of parts.objectives) {
    body(objective, new StepViews(shared, objective, slot, column));
    slot += objective.counts.length;
    column += objective.columns.length;
  }
  return shared;
}

/** Records the norm of all gradients and the factor that clips them, and takes a loss scale out of both. */
export function recordNorm(
  recorder: Recorder,
  { gradients, maxNorm, sums, clip, state, ring, lossScale }: StepParts,
): void {
  const { view, width } = ring;
  globalNorm(recorder, {
    gradients: gradients.pages,
    maxNorm,
    sums,
    clip,
    state,
    ring: view,
    width,
    column: NORM_COLUMN,
  });
  if (!lossScale) return;
  const columns = { normColumn: NORM_COLUMN, scaleColumn: width - SCALE_METRICS.length };
  unscale(recorder, { state, scale: lossScale.view, clip, ring: view, width, ...columns, maxNorm });
}

/** The terms of a batch by their objectives. @throws for two of one objective, or one that the step does not learn. */
export function termsOf(
  objectives: readonly Objective[],
  terms: readonly LossTerm[],
): ReadonlyMap<Objective, LossTerm> {
  const own = new Map(terms.map((term) => [term.objective, term]));
  if (own.size < terms.length) throw new Error('a batch has targets of one objective twice');
  for (const objective of own.keys())
    if (!objectives.includes(objective))
      throw new Error(`a batch has targets of ${objective.name}, which this step does not learn`);
  return own;
}

/**
 * Uploads the sequences and terms that a pass learns from.
 * @returns the number of live rows of every objective, one after the other.
 * @param part of the batch; null for all of it.
 */
export function writeTerms(
  objectives: readonly Objective[],
  terms: ReadonlyMap<Objective, LossTerm>,
  part: RowRange | null,
): number[] {
  return objectives.flatMap((objective) => terms.get(objective)?.write(part) ?? objective.counts.map(() => 0));
}
