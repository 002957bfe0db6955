import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { liveRows, type Rows } from '../kernels/rows';
import { scaleGradient } from '../kernels/loss-scale/loss-scale';
import { sumRows } from '../kernels/sums/sum-rows';
import type { BatchBuffers } from '../model/batch';
import { recordHead, type HeadChunk, type HeadScratch } from '../model/head';
import type { Model } from '../model/model';
import type { TensorSet } from '../tensors/tensor-set';

/** Buffers that the objectives of one step share. */
export interface SharedViews {
  recorder: Recorder;
  model: Model;
  batch: BatchBuffers;
  /** Final-norm hidden states of the packed batch, (tokens, C). */
  hidden: View;
  /** Gradient of the hidden states, to which every objective adds. */
  dhidden: View;
  gradients: TensorSet;
  /** The step's slot of the ring and the optimiser's numbers: `stepState`. */
  state: View;
  /** (slots, width) */
  ring: View;
  width: number;
  /** What the loss's gradients are multiplied by (`LossScaleState`); null for nothing. */
  lossScale: View | null;
  /** Whether gradients are added to what is there, because a part of the batch is recorded. */
  accumulate: boolean;
  /**
   * Whether an objective has recorded the head's gradient: the first one overwrites it, unless `accumulate`; others
   * add.
   */
  headIsWritten: boolean;
}

/** A step while it is recorded, as one objective sees it: the shared views, and the count slots and ring columns it was given. */
export class StepViews {
  readonly recorder: Recorder;
  readonly batch: BatchBuffers;
  readonly counts: View;
  readonly hidden: View;
  readonly dhidden: View;

  constructor(
    private readonly shared: SharedViews,
    private readonly objective: {
      readonly name: string;
      readonly columns: readonly string[];
      readonly counts: readonly string[];
    },
    private readonly firstSlot: number,
    private readonly firstColumn: number,
  ) {
    this.recorder = shared.recorder;
    this.batch = shared.batch;
    this.counts = shared.batch.counts;
    this.hidden = shared.hidden;
    this.dhidden = shared.dhidden;
  }

  /** A row dimension of at most `limit` rows, as many of them live as `write` says for `count`. */
  rows(count: string, limit: number): Rows {
    return liveRows(limit, this.firstSlot + this.place(this.objective.counts, count));
  }

  /** The ring's `column` (+)= Σ values[row · pitch + offset] over the live rows. */
  sum(column: string, rows: Rows, values: View, { pitch = 1, offset = 0 } = {}): void {
    const { recorder, state, ring, width, accumulate } = this.shared;
    const at = this.firstColumn + this.place(this.objective.columns, column);
    sumRows(recorder, this, { rows, pitch, offset, width, column: at, state, values, ring, accumulate });
  }

  /**
   * Records logits of the target rows `at`, a chunk at a time; `loss` turns a chunk's logits into their gradient in
   * place, which is then passed on to dhidden and to the head's weight.
   */
  head(scratch: HeadScratch, rows: Rows, at: View, loss: (chunk: HeadChunk) => void): void {
    const { recorder, model, hidden, dhidden, gradients, headIsWritten } = this.shared;
    const accumulate = this.shared.accumulate || headIsWritten;
    const scaled = (chunk: HeadChunk): void => {
      loss(chunk);
      this.scale(chunk.rows, model.architecture.vocab_size, scratch.logits);
    };
    recordHead(recorder, this.counts, model, scratch, {
      rows,
      at,
      hidden,
      dhidden,
      gradients,
      accumulate,
      loss: scaled,
    });
    this.shared.headIsWritten = true;
  }

  /** Multiplies a gradient (rows, columns) of the loss by the step's loss scale, where it has one. */
  scale(rows: Rows, columns: number, gradient: View): void {
    const { recorder, lossScale: scale } = this.shared;
    if (scale) scaleGradient(recorder, this, { rows, columns, scale, gradient });
  }

  private place(names: readonly string[], name: string): number {
    const place = names.indexOf(name);
    if (place < 0) throw new RangeError(`${this.objective.name}: ${name} is not declared, only ${names.join(', ')}`);
    return place;
  }
}
