import type { Owned, View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { gatherRows, scatterRows } from '../kernels/gather/gather';
import { l2NormalizeBackward, l2NormalizeForward } from '../kernels/l2-normalize/l2-normalize';
import { matmul } from '../kernels/matmul/matmul';
import { fixedRows, type Rows } from '../kernels/rows';
import { InputError } from '../lib/errors';
import type { RowRange } from '../model/batch-parts';
import type { Model } from '../model/model';
import { placesIn, rowsIn } from '../model/rows-in';
import type { StepViews } from './step-views';

/** Rows of embed tokens; the positive and negative of each query are places in `documentRows`. */
export interface PairTargets {
  queryRows: Uint32Array<ArrayBuffer>;
  documentRows: Uint32Array<ArrayBuffer>;
  positive: Uint32Array<ArrayBuffer>;
  negative: Uint32Array<ArrayBuffer>;
}

/** One side of the comparison: hidden rows, their normalised embeddings, and the gradients of both. */
type Side = Record<'at' | 'hidden' | 'embedding' | 'norms' | 'dembedding' | 'dhidden', View>;

/**
 * The scores (B, pitch) of a batch, of which the first documents are live, from which a loss on cosines is computed.
 */
export interface ScoreViews {
  shape: { queries: Rows; documents: Rows; pitch: number };
  positive: View;
  negative: View;
  scores: View;
  dscores: View;
}

/** The cosines of a batch's queries and documents, and the way back from their gradient to the hidden states. */
export class CosineScores {
  /** The row dimensions that an objective with these scores declares. */
  static readonly COUNTS = ['queries', 'documents'];
  readonly queries: Side;
  readonly documents: Side;
  private readonly positive: View;
  private readonly negative: View;
  private readonly scores: View;
  private readonly dscores: View;
  private readonly owned: Owned[] = [];
  /** Places of a part's rows among the batch's; null where a batch is computed as a whole. */
  private places: Record<'queries' | 'documents', View> | null = null;

  /** @param most queries and documents of a step. */
  constructor(
    private readonly model: Model,
    private readonly most: { queries: number; documents: number },
  ) {
    const { queries, documents } = most;
    const { hidden_size: C } = model.architecture;
    const side = (label: string, count: number): Side => ({
      at: this.floats(`${label} rows`, count),
      hidden: this.floats(`${label} hidden`, count * C),
      embedding: this.floats(`${label} embedding`, count * C),
      norms: this.floats(`${label} norms`, count),
      dembedding: this.floats(`${label} embedding gradient`, count * C),
      dhidden: this.floats(`${label} hidden gradient`, count * C),
    });
    this.queries = side('query', queries);
    this.documents = side('document', documents);
    this.positive = this.floats('positives', queries);
    this.negative = this.floats('negatives', queries);
    this.scores = this.floats('scores', queries * documents);
    this.dscores = this.floats('score gradients', queries * documents);
  }

  /** A buffer that is freed with the scores. */
  floats(label: string, count: number): Owned {
    const view = this.model.gpu.buffer(label, count * 4);
    this.owned.push(view);
    return view;
  }

  /** Records the cosines, `loss`, which fills dscores, and their gradient: adds to the step's dhidden. */
  record(step: StepViews, loss: (views: ScoreViews) => void): void {
    const { recorder, hidden: x, dhidden: dx } = step;
    const { channels } = this;
    for (const { rows, at, hidden: out } of this.sides(step))
      gatherRows(recorder, step, { rows, channels, at, x, out });
    this.compare(step, loss);
    for (const { rows, at, dhidden: dout } of this.sides(step))
      scatterRows(recorder, step, { rows, channels, at, dout, dx });
  }

  /** Records what comes before the first part of a batch: nothing of it is kept yet. */
  clearKept(recorder: Recorder): void {
    const { queries, documents } = this.most;
    this.places ??= {
      queries: this.floats('query places', queries),
      documents: this.floats('document places', documents),
    };
    recorder.clear(this.queries.hidden);
    recorder.clear(this.documents.hidden);
  }

  /** Records that the hidden rows of a part are kept, each in its place among the batch's. */
  keep(step: StepViews): void {
    const { recorder } = step;
    const { channels } = this;
    // The gradient of the embeddings is not needed yet.
    for (const { rows, at, place, hidden, dembedding: part } of this.partSides(step)) {
      gatherRows(recorder, step, { rows, channels, at, x: step.hidden, out: part });
      scatterRows(recorder, step, { rows, channels, at: place, dout: part, dx: hidden });
    }
  }

  /** Records that a part's share of the gradients that `compare` left is added to the part's dhidden. */
  giveBack(step: StepViews): void {
    const { recorder } = step;
    const { channels } = this;
    // The hidden rows are not needed any more.
    for (const { rows, at, place, dhidden, hidden: part } of this.partSides(step)) {
      gatherRows(recorder, step, { rows, channels, at: place, x: dhidden, out: part });
      scatterRows(recorder, step, { rows, channels, at, dout: part, dx: step.dhidden });
    }
  }

  /** Records cosines of the hidden rows, `loss`, which fills dscores, and the gradient of the hidden rows. */
  compare(step: StepViews, loss: (views: ScoreViews) => void): void {
    loss(this.forward(step));
    this.backward(step);
  }

  private get channels(): number {
    return this.model.architecture.hidden_size;
  }

  private forward(step: StepViews): ScoreViews {
    const { recorder } = step;
    const { channels, queries: q, documents: d, positive, negative, scores, dscores } = this;
    const { queries, documents } = this.rowsOf(step);
    const pitch = documents.limit;
    for (const { rows, hidden: x, embedding: y, norms } of this.sides(step))
      l2NormalizeForward(recorder, step, { rows, channels, x, y, norms });
    matmul(recorder, step, {
      rows: queries,
      inner: fixedRows(channels),
      columns: pitch,
      a: { view: q.embedding, stride: channels },
      b: { view: d.embedding, stride: channels, transposed: true },
      c: scores,
      cStride: pitch,
    });
    return { shape: { queries, documents, pitch }, positive, negative, scores, dscores };
  }

  /** Records the gradient from dscores to the hidden rows: dq = dscores · d, dd = dscoresᵀ · q. */
  private backward(step: StepViews): void {
    const { recorder } = step;
    const { channels } = this;
    const { queries, documents } = this.rowsOf(step);
    const product = (rows: Rows, inner: Rows, transposed: boolean, b: View, c: View) =>
      matmul(recorder, step, {
        rows,
        inner,
        columns: channels,
        a: { view: this.dscores, stride: documents.limit, transposed },
        b: { view: b, stride: channels },
        c,
        cStride: channels,
      });
    product(queries, documents, false, this.documents.embedding, this.queries.dembedding);
    product(documents, queries, true, this.queries.embedding, this.documents.dembedding);
    for (const { rows, embedding: y, norms, dembedding: dy, dhidden: dx } of this.sides(step)) {
      l2NormalizeBackward(recorder, step, { rows, channels, y, norms, dy, dx });
      step.scale(rows, channels, dx);
    }
  }

  private rowsOf(step: StepViews): { queries: Rows; documents: Rows } {
    return {
      queries: step.rows('queries', this.most.queries),
      documents: step.rows('documents', this.most.documents),
    };
  }

  private sides(step: StepViews): (Side & { rows: Rows })[] {
    const { queries, documents } = this.rowsOf(step);
    return [
      { ...this.queries, rows: queries },
      { ...this.documents, rows: documents },
    ];
  }

  private partSides(step: StepViews): (Side & { rows: Rows; place: View })[] {
    const { places } = this;
    if (!places) throw new Error('clearKept() comes before the parts');
    const [queries, documents] = this.sides(step);
    return [
      { ...queries!, place: places.queries },
      { ...documents!, place: places.documents },
    ];
  }

  /** @returns the live queries and documents. @throws InputError for more than there is room for, or a place that is none. */
  write({ queryRows, documentRows, positive, negative }: PairTargets): readonly number[] {
    const [queries, documents] = [queryRows.length, documentRows.length];
    const { most } = this;
    if (queries > most.queries || documents > most.documents) {
      throw new InputError(
        `a batch compares ${queries} queries with ${documents} documents, expected at most ${most.queries} and ${most.documents}`,
      );
    }
    for (const [name, places] of Object.entries({ positive, negative })) {
      const wrong = places.find((place) => place >= documents);
      if (places.length !== queries || wrong !== undefined) {
        throw new InputError(
          `a batch has ${places.length} ${name} documents${wrong === undefined ? '' : `, one of them number ${wrong}`}, expected one for each of ${queries} queries among ${documents} documents`,
        );
      }
    }
    const { gpu } = this.model;
    gpu.write(this.queries.at, queryRows);
    gpu.write(this.documents.at, documentRows);
    gpu.write(this.positive, positive);
    gpu.write(this.negative, negative);
    return [queries, documents];
  }

  /** Uploads which rows of a part `keep` and `giveBack` are about. @returns the part's live queries and documents. */
  writePart({ queryRows, documentRows }: PairTargets, part: RowRange): readonly number[] {
    const { gpu } = this.model;
    const write = (rows: Uint32Array, at: View, place: View | undefined): number => {
      const places = placesIn(rows, part);
      gpu.write(at, rowsIn(rows, places, part));
      if (place) gpu.write(place, places);
      return places.length;
    };
    return [
      write(queryRows, this.queries.at, this.places?.queries),
      write(documentRows, this.documents.at, this.places?.documents),
    ];
  }

  destroy(): void {
    this.model.gpu.free(...this.owned);
  }
}
