import type { Gpu, View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { infonce, triplet } from '../kernels/contrastive';
import { gatherRows, scatterRows } from '../kernels/gather';
import { l2NormalizeBackward, l2NormalizeForward } from '../kernels/l2-normalize';
import { matmul } from '../kernels/matmul';
import { COUNT, fixedRows, liveRows, type Rows } from '../kernels/rows';
import { sumRows } from '../kernels/sum-rows';
import { InputError } from '../lib/errors';
import type { Model } from '../model/model';
import { RING_COLUMN, RING_WIDTH, type LossRing } from './loss-ring';
import type { ContrastiveTargets, LossSettings } from './step-batch';

/** One side of the comparison: hidden rows, their normalised embeddings, and the gradients of both. */
interface Side {
  rows: Rows;
  at: View;
  hidden: View;
  embedding: View;
  norms: View;
  dembedding: View;
  dhidden: View;
}

/** InfoNCE and triplet loss between the queries and the documents of one batch, by cosine. */
export class ContrastiveLoss {
  readonly queries: Side;
  readonly documents: Side;
  private readonly channels: number;
  private readonly pitch: number;
  private readonly positive: View;
  private readonly negative: View;
  private readonly scores: View;
  private readonly dscores: View;
  private readonly losses: { infonce: View; triplet: View };

  constructor(
    private readonly gpu: Gpu,
    model: Model,
    private readonly capacity: { queries: number; documents: number },
  ) {
    const C = model.architecture.hidden_size;
    this.channels = C;
    this.pitch = capacity.documents;
    const side = (label: string, count: number, slot: number): Side => ({
      rows: liveRows(count, slot),
      at: gpu.buffer(`${label} rows`, count * 4),
      hidden: gpu.buffer(`${label} hidden`, count * C * 4),
      embedding: gpu.buffer(`${label} embedding`, count * C * 4),
      norms: gpu.buffer(`${label} norms`, count * 4),
      dembedding: gpu.buffer(`${label} embedding gradient`, count * C * 4),
      dhidden: gpu.buffer(`${label} hidden gradient`, count * C * 4),
    });
    this.queries = side('query', capacity.queries, COUNT.QUERIES);
    this.documents = side('document', capacity.documents, COUNT.DOCUMENTS);
    this.positive = gpu.buffer('positives', capacity.queries * 4);
    this.negative = gpu.buffer('negatives', capacity.queries * 4);
    this.scores = gpu.buffer('scores', capacity.queries * this.pitch * 4);
    this.dscores = gpu.buffer('score gradients', capacity.queries * this.pitch * 4);
    this.losses = {
      infonce: gpu.buffer('infonce losses', capacity.queries * 4),
      triplet: gpu.buffer('triplet losses', capacity.queries * 4),
    };
  }

  record(
    recorder: Recorder,
    t: { counts: View; hidden: View; dhidden: View; state: View; ring: LossRing; settings: LossSettings },
  ): void {
    const context = { counts: t.counts };
    const { channels, pitch, queries: q, documents: d, positive, negative, scores, dscores } = this;
    for (const side of [q, d]) {
      gatherRows(recorder, context, { rows: side.rows, channels, at: side.at, x: t.hidden, out: side.hidden });
      l2NormalizeForward(recorder, context, {
        rows: side.rows,
        channels,
        x: side.hidden,
        y: side.embedding,
        norms: side.norms,
      });
    }
    matmul(recorder, context, {
      rows: q.rows,
      inner: fixedRows(channels),
      columns: pitch,
      a: { view: q.embedding, stride: channels },
      b: { view: d.embedding, stride: channels, transposed: true },
      c: scores,
      cStride: pitch,
    });
    const shape = { queries: q.rows, documents: d.rows, pitch };
    const { temperature, margin, weight_infonce, weight_triplet } = t.settings;
    infonce(recorder, context, shape, {
      temperature,
      weight: weight_infonce,
      positive,
      scores,
      dscores,
      losses: this.losses.infonce,
    });
    triplet(recorder, context, shape, {
      margin,
      weight: weight_triplet,
      positive,
      negative,
      scores,
      dscores,
      losses: this.losses.triplet,
    });
    for (const name of ['infonce', 'triplet'] as const) {
      sumRows(recorder, context, {
        rows: q.rows,
        pitch: 1,
        offset: 0,
        width: RING_WIDTH,
        column: RING_COLUMN[name],
        state: t.state,
        values: this.losses[name],
        ring: t.ring.view,
      });
    }
    // dq = dscores · d, dd = dscoresᵀ · q.
    const product = (rows: Rows, inner: Rows, transposed: boolean, b: View, c: View) =>
      matmul(recorder, context, {
        rows,
        inner,
        columns: channels,
        a: { view: dscores, stride: pitch, transposed },
        b: { view: b, stride: channels },
        c,
        cStride: channels,
      });
    product(q.rows, d.rows, false, d.embedding, q.dembedding);
    product(d.rows, q.rows, true, q.embedding, d.dembedding);
    for (const side of [q, d]) {
      l2NormalizeBackward(recorder, context, {
        rows: side.rows,
        channels,
        y: side.embedding,
        norms: side.norms,
        dy: side.dembedding,
        dx: side.dhidden,
      });
      scatterRows(recorder, context, { rows: side.rows, channels, at: side.at, dout: side.dhidden, dx: t.dhidden });
    }
  }

  write({ queryRows, documentRows, positive, negative }: ContrastiveTargets): void {
    if (queryRows.length > this.capacity.queries || documentRows.length > this.capacity.documents) {
      throw new InputError(
        `a batch compares ${queryRows.length} queries with ${documentRows.length} documents, expected at most ${this.capacity.queries} and ${this.capacity.documents}`,
      );
    }
    this.gpu.write(this.queries.at, queryRows);
    this.gpu.write(this.documents.at, documentRows);
    this.gpu.write(this.positive, positive);
    this.gpu.write(this.negative, negative);
  }

  destroy(): void {
    this.gpu.free(...Object.values(this.queries).filter(isView), ...Object.values(this.documents).filter(isView));
    this.gpu.free(this.positive, this.negative, this.scores, this.dscores, this.losses.infonce, this.losses.triplet);
  }
}

const isView = (value: View | Rows): value is View => 'buffer' in value;
