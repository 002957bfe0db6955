import type { View } from '../gpu/gpu';
import { infonce, triplet } from '../kernels/contrastive';
import { gatherRows, scatterRows } from '../kernels/gather';
import { l2NormalizeBackward, l2NormalizeForward } from '../kernels/l2-normalize';
import { matmul } from '../kernels/matmul';
import { fixedRows, type Rows } from '../kernels/rows';
import { InputError } from '../lib/errors';
import type { Model } from '../model/model';
import type { Objective, Reading } from './objective';
import type { StepViews } from './step-views';

/** Rows of embed tokens; the positive and negative of each query are places in `documentRows`. */
export interface ContrastiveTargets {
  queryRows: Uint32Array<ArrayBuffer>;
  documentRows: Uint32Array<ArrayBuffer>;
  positive: Uint32Array<ArrayBuffer>;
  negative: Uint32Array<ArrayBuffer>;
}

export interface ContrastiveOptions {
  /** The most of a step. */
  queries: number;
  documents: number;
  infonce: { weight: number; temperature: number };
  /** The triplet loss on each query's negative, where it is wanted. */
  triplet?: { weight: number; margin: number };
}

/** One side of the comparison: hidden rows, their normalised embeddings, and the gradients of both. */
type Side = Record<'at' | 'hidden' | 'embedding' | 'norms' | 'dembedding' | 'dhidden', View>;

/** InfoNCE, and the triplet loss where it is asked for, between the queries and the documents of one batch, by cosine. */
export class Contrastive implements Objective<ContrastiveTargets> {
  readonly name = 'contrastive';
  readonly columns: readonly string[];
  readonly counts = ['queries', 'documents'];
  readonly queries: Side;
  readonly documents: Side;
  private readonly positive: View;
  private readonly negative: View;
  private readonly scores: View;
  private readonly dscores: View;
  private readonly losses: { infonce: View; triplet?: View };
  private readonly owned: View[] = [];

  constructor(
    private readonly model: Model,
    private readonly options: ContrastiveOptions,
  ) {
    const { queries, documents } = options;
    const { hidden_size: C } = model.architecture;
    const floats = (label: string, count: number): View => {
      const view = model.gpu.buffer(label, count * 4);
      this.owned.push(view);
      return view;
    };
    const side = (label: string, count: number): Side => ({
      at: floats(`${label} rows`, count),
      hidden: floats(`${label} hidden`, count * C),
      embedding: floats(`${label} embedding`, count * C),
      norms: floats(`${label} norms`, count),
      dembedding: floats(`${label} embedding gradient`, count * C),
      dhidden: floats(`${label} hidden gradient`, count * C),
    });
    this.queries = side('query', queries);
    this.documents = side('document', documents);
    this.positive = floats('positives', queries);
    this.negative = floats('negatives', queries);
    this.scores = floats('scores', queries * documents);
    this.dscores = floats('score gradients', queries * documents);
    this.losses = { infonce: floats('infonce losses', queries) };
    if (options.triplet) this.losses.triplet = floats('triplet losses', queries);
    this.columns = Object.keys(this.losses);
  }

  record(step: StepViews): void {
    const { recorder } = step;
    const { hidden_size: channels } = this.model.architecture;
    const { queries: q, documents: d, positive, negative, scores, dscores, losses } = this;
    const queries = step.rows('queries', this.options.queries);
    const documents = step.rows('documents', this.options.documents);
    const sides = [
      { ...q, rows: queries },
      { ...d, rows: documents },
    ];
    const pitch = documents.limit;
    for (const { rows, at, hidden, embedding, norms } of sides) {
      gatherRows(recorder, step, { rows, channels, at, x: step.hidden, out: hidden });
      l2NormalizeForward(recorder, step, { rows, channels, x: hidden, y: embedding, norms });
    }
    matmul(recorder, step, {
      rows: queries,
      inner: fixedRows(channels),
      columns: pitch,
      a: { view: q.embedding, stride: channels },
      b: { view: d.embedding, stride: channels, transposed: true },
      c: scores,
      cStride: pitch,
    });
    const shape = { queries, documents, pitch };
    infonce(recorder, step, shape, { ...this.options.infonce, positive, scores, dscores, losses: losses.infonce });
    step.sum('infonce', queries, losses.infonce);
    if (this.options.triplet && losses.triplet) {
      const own = { ...this.options.triplet, losses: losses.triplet };
      triplet(recorder, step, shape, { ...own, positive, negative, scores, dscores });
      step.sum('triplet', queries, losses.triplet);
    }
    // dq = dscores · d, dd = dscoresᵀ · q.
    const product = (rows: Rows, inner: Rows, transposed: boolean, b: View, c: View) =>
      matmul(recorder, step, {
        rows,
        inner,
        columns: channels,
        a: { view: dscores, stride: pitch, transposed },
        b: { view: b, stride: channels },
        c,
        cStride: channels,
      });
    product(queries, documents, false, d.embedding, q.dembedding);
    product(documents, queries, true, q.embedding, d.dembedding);
    for (const { rows, at, embedding, norms, dembedding, dhidden } of sides) {
      l2NormalizeBackward(recorder, step, { rows, channels, y: embedding, norms, dy: dembedding, dx: dhidden });
      scatterRows(recorder, step, { rows, channels, at, dout: dhidden, dx: step.dhidden });
    }
  }

  write({ queryRows, documentRows, positive, negative }: ContrastiveTargets): readonly number[] {
    const [queries, documents] = [queryRows.length, documentRows.length];
    const most = this.options;
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

  read([near, far]: readonly number[]): Reading {
    const { infonce: i, triplet: t } = this.options;
    return {
      parts: [i.weight * near!, ...(t ? [t.weight * far!] : [])],
      losses: { 'loss/infonce': near!, ...(t ? { 'loss/triplet': far! } : {}) },
    };
  }

  destroy(): void {
    this.model.gpu.free(...this.owned);
  }
}
