import type { Recorder } from '../gpu/recorder';
import type { RowRange } from '../model/batch-parts';
import type { StepViews } from './step-views';

/** The losses and metrics of one objective in one step. */
export interface Reading {
  /** Its terms of the step's loss, weighted, in the order in which they are added up. */
  parts: readonly number[];
  /** Its losses under their names in `metrics.jsonl`. */
  losses: Readonly<Record<string, number>>;
  /** Its other metrics; in a line of `metrics.jsonl` they follow the losses of all objectives. */
  others?: Readonly<Record<string, number>>;
}

/**
 * One term of the training loss, complete: its buffers (made once, at its capacity), what it records into a step, what it
 * learns from in each step, and what it measures. A `TrainStep` takes a list of them and knows none by name.
 */
export interface Objective<Targets = never> {
  /** Its name in messages and buffer labels. */
  readonly name: string;
  /** Numbers of each step that it leaves in the ring, by `StepViews.sum`. */
  readonly columns: readonly string[];
  /** Row dimensions whose live number differs from step to step (rows to learn, say); see `StepViews.rows`. */
  readonly counts: readonly string[];
  /** Records the loss and its gradients: adds to `dhidden`, and to the head's weight by way of `StepViews.head`. */
  record(step: StepViews): void;
  /**
   * How a loss that compares sequences is computed for a batch in parts (GradCache); absent where each part has a loss
   * of its own.
   */
  readonly cached?: CachedGradients<Targets>;
  /**
   * Uploads what the next pass learns from. @returns the live rows, in the order of `counts`.
   * @param part of the batch that the pass is over; null for all of it.
   * @throws InputError where the targets contradict each other or exceed the capacity.
   */
  write(targets: Targets, part: RowRange | null): readonly number[];
  /** @param row the step's numbers, in the order of `columns`. */
  read(row: readonly number[]): Reading;
  destroy(): void;
}

/**
 * A loss over a whole batch whose parts are computed one after the other (GradCache, Gao et al., arXiv 2101.06983). Every part
 * goes forward once and `keep` copies its hidden rows out; `compare` computes the loss and the gradients of these rows; then
 * every part goes forward again, and `giveBack`, in the place of `record`, adds to its dhidden what `compare` left for it.
 */
export interface CachedGradients<Targets = never> {
  /** Records what comes before a batch's first part. */
  begin(recorder: Recorder): void;
  keep(step: StepViews): void;
  compare(step: StepViews): void;
  giveBack(step: StepViews): void;
  /** Uploads what `compare` reads. @returns the batch's live rows, in the order of `counts`. @throws InputError */
  write(targets: Targets): readonly number[];
}

/** An objective with what it learns from in one step. */
export interface LossTerm {
  readonly objective: Objective;
  /** @param part of the batch; null for all of it. */
  write(part: RowRange | null): readonly number[];
  /** Uploads what `cached.compare` reads; null where the objective has none. */
  writeCached(): readonly number[] | null;
}

export const term = <Targets>(objective: Objective<Targets>, targets: Targets): LossTerm => ({
  objective,
  write: (part) => objective.write(targets, part),
  writeCached: () => objective.cached?.write(targets) ?? null,
});

/** The line of a step: its loss, the losses of all objectives, then what else they measure. */
export function readings(all: readonly Reading[]): { loss: number } & Record<string, number> {
  const line = { loss: all.flatMap(({ parts }) => parts).reduce((sum, part) => sum + part, 0) };
  return Object.assign(line, ...all.map(({ losses }) => losses), ...all.map(({ others }) => others)) as typeof line;
}
