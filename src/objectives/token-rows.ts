import type { Owned, View } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import { HeadScratch, type HeadChunk } from '../model/head';
import type { RowRange } from '../model/batch-parts';
import type { Model } from '../model/model';
import { placesIn, rowsIn } from '../model/rows-in';
import type { Rows } from '../kernels/rows';
import type { StepViews } from './step-views';

/** Rows of the packed batch whose next token is learnt: the logits of row `rows[i]` predict `labels[i]`. */
export interface TokenTargets {
  rows: Uint32Array<ArrayBuffer>;
  labels: Uint32Array<ArrayBuffer>;
  /** Share of each row in the loss; they sum to the term's weight. */
  weights: Float32Array<ArrayBuffer>;
}

/**
 * The buffers of every loss through the language-model head: target rows, the head's scratch, and the loss's own,
 * released together.
 */
export class TokenRows {
  readonly head: HeadScratch;
  private readonly at: Owned;
  private readonly owned: Owned[] = [];

  /** @param capacity the most rows that are learnt at once. */
  constructor(
    private readonly model: Model,
    private readonly name: string,
    readonly capacity: number,
  ) {
    this.head = new HeadScratch(model.gpu, model, capacity);
    this.at = this.buffer('rows');
  }

  /** A buffer of `width` words a target row, or of `bytes`. */
  buffer(label: string, width = 1, bytes = this.capacity * width * 4): Owned {
    const view = this.model.gpu.buffer(`${this.name} ${label}`, bytes);
    this.owned.push(view);
    return view;
  }

  /** Records `loss` chunk by chunk; see `StepViews.head`. @returns the target rows, for sums over them. */
  record(step: StepViews, loss: (chunk: HeadChunk & { at: View }) => void): Rows {
    const rows = step.rows('targets', this.capacity);
    step.head(this.head, rows, this.at, (chunk) => loss({ ...chunk, at: chunk.part(this.at) }));
    return rows;
  }

  /**
   * @param perRow the other arrays of the targets, each of one value a row.
   * @param part of the batch that is computed; null for all of it.
   * @returns the places in these arrays of what the part learns.
   * @throws InputError
   */
  write(
    rows: Uint32Array<ArrayBuffer>,
    perRow: Readonly<Record<string, { length: number }>>,
    part: RowRange | null,
  ): Uint32Array<ArrayBuffer> {
    const { name, capacity } = this;
    const places = placesIn(rows, part);
    if (places.length > capacity)
      throw new InputError(`a batch has ${places.length} ${name} targets, expected at most ${capacity}`);
    for (const [key, { length }] of Object.entries(perRow)) {
      if (length !== rows.length)
        throw new InputError(`a batch has ${length} ${name} ${key}, expected one for each of ${rows.length} targets`);
    }
    this.model.gpu.write(this.at, rowsIn(rows, places, part));
    return places;
  }

  destroy(): void {
    this.head.destroy();
    this.model.gpu.free(...this.owned);
  }
}
