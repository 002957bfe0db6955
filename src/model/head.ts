import type { Gpu, Owned, View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { gatherRows, scatterRows } from '../kernels/gather/gather';
import { liveRows, type Rows } from '../kernels/rows';
import type { Model } from './model';
import type { TensorSet } from '../tensors/tensor-set';

/** A chunk's logits hold at most this many bytes, so that no (tokens, V) tensor exists for a large vocabulary. */
const CHUNK_BYTES = 16 * 2 ** 20;

/** Scratch of the language-model head's forward pass for up to `targets` rows, a chunk at a time. */
export class LogitScratch {
  /** Rows of one chunk, a multiple of 64 so that a chunk's view may start there. */
  readonly chunk: number;
  readonly hidden: Owned;
  readonly logits: Owned;

  constructor(
    protected readonly gpu: Gpu,
    model: Model,
    readonly targets: number,
  ) {
    const { vocab_size: V, hidden_size: C } = model.architecture;
    const fitting = Math.max(64, Math.floor(CHUNK_BYTES / (V * 4) / 64) * 64);
    this.chunk = Math.min(fitting, Math.ceil(targets / 64) * 64);
    this.hidden = gpu.buffer('head rows', this.chunk * C * 4);
    this.logits = gpu.buffer('head logits', this.chunk * V * 4);
  }

  destroy(): void {
    this.gpu.free(this.hidden, this.logits);
  }
}

/** The same for training, which needs the rows' gradients too. */
export class HeadScratch extends LogitScratch {
  readonly dhidden: Owned;

  constructor(gpu: Gpu, model: Model, targets: number) {
    super(gpu, model, targets);
    this.dhidden = gpu.buffer('head row gradients', this.chunk * model.architecture.hidden_size * 4);
  }

  override destroy(): void {
    super.destroy();
    this.gpu.free(this.dhidden);
  }
}

/** One chunk of target rows, as the loss of that chunk sees it. */
export interface HeadChunk {
  rows: Rows;
  index: number;
  /** The part of a per-target buffer (`width` words each) that belongs to this chunk. */
  part: (view: View, width?: number) => View;
}

/** The chunks that a head's target rows fall into. @param slot of the counts that says how many rows are live. */
export function headChunks({ targets, chunk }: LogitScratch, slot: number): HeadChunk[] {
  return Array.from({ length: Math.ceil(targets / chunk) }, (_, index) => {
    const start = index * chunk;
    const limit = Math.min(chunk, targets - start);
    const part = (view: View, width = 1): View => ({
      buffer: view.buffer,
      offset: view.offset + start * width * 4,
      size: Math.min(limit * width * 4, view.size - start * width * 4),
    });
    return { rows: liveRows(limit, slot, start), index, part };
  });
}

/** Records logits of rows `at` of hidden (tokens, C) into `into` (rows, V), for one chunk. */
export function recordLogits(
  recorder: Recorder,
  counts: View,
  model: Model,
  t: { rows: Rows; at: View; hidden: View; gathered: View; into: View },
): void {
  const { rows, gathered, into } = t;
  const channels = model.architecture.hidden_size;
  gatherRows(recorder, { counts }, { rows, channels, at: t.at, x: t.hidden, out: gathered });
  model.head.forward({ recorder, counts, rows }, { x: gathered, y: into });
}

/**
 * Records, chunk by chunk: logits of the target rows, `loss` (which turns them into dlogits in place), and their gradients:
 * dhidden (tokens, C) += at the target rows, and the head's weight.
 * @param t.rows the target rows, all chunks together; `at` names them within the batch.
 * @param accumulate adds to the head's gradient instead of overwriting it (a second set of targets, or a further part of the batch).
 */
export function recordHead(
  recorder: Recorder,
  counts: View,
  model: Model,
  scratch: HeadScratch,
  t: {
    rows: Rows;
    at: View;
    hidden: View;
    dhidden: View;
    gradients: TensorSet;
    accumulate: boolean;
    loss: (chunk: HeadChunk) => void;
  },
): void {
  const { hidden_size: C } = model.architecture;
  for (const { rows, index, part } of headChunks(scratch, t.rows.slot)) {
    const at = part(t.at);
    recordLogits(recorder, counts, model, {
      rows,
      at,
      hidden: t.hidden,
      gathered: scratch.hidden,
      into: scratch.logits,
    });
    t.loss({ rows, index, part });
    const pass = { recorder, counts, rows };
    const { hidden: x, dhidden: dx, logits: dy } = scratch;
    const to = { set: t.gradients, partial: null, accumulate: t.accumulate || index > 0 };
    model.head.backward(pass, to, { x, dy, dx });
    scatterRows(recorder, { counts }, { rows, channels: C, at, dout: dx, dx: t.dhidden });
  }
}
