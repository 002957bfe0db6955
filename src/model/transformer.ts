import type { Recorder } from '../gpu/recorder';
import { COUNT, liveRows } from '../kernels/rows';
import type { TensorSet } from '../tensors/tensor-set';
import type { Activations, BackwardScratch } from './activations';
import { attendPacked, type Attend } from './attention';
import type { BatchBuffers } from './batch';
import type { Model } from './model';
import type { PartialSums } from './partial-sums';
import type { Pass } from './pass';

/** The tokens that a pass reads: ids and positions (rows), and how many rows are live. */
export type PackedRows = Pick<BatchBuffers, 'ids' | 'positions' | 'counts'>;

/** A pass over the live tokens of a batch of at most `tokens`. */
export const tokenPass = (recorder: Recorder, { counts }: Pick<PackedRows, 'counts'>, tokens: number): Pass => ({
  recorder,
  counts,
  rows: liveRows(tokens, COUNT.TOKENS),
});

/** Records embedding, layers and final norm: activations.hidden (tokens, C) of the packed batch. */
export function recordForward(recorder: Recorder, model: Model, batch: BatchBuffers, activations: Activations): void {
  const pass = tokenPass(recorder, batch, activations.tokens);
  recordTransformer(pass, model, batch, activations, attendPacked(pass, model, batch));
}

/** The same with any attention: over packed sequences, or over a cache. */
export function recordTransformer(tokens: Pass, model: Model, batch: PackedRows, a: Activations, attend: Attend): void {
  const pass = { ...tokens, lowRank: a.lowRank };
  model.embedding.forward(pass, { ids: batch.ids, out: a.layers[0]!.x });
  model.blocks.forEach((block, l) => {
    block.forward(pass, a.layers[l]!, batch.positions, attend, a.layers[l + 1]?.x ?? a.last);
  });
  model.norm.forward(pass, { x: a.last, y: a.hidden, rstd: a.rstd });
}

/**
 * Records the gradient of every trained parameter from scratch.dhidden (tokens, C); a layer whose activations were not kept
 * computes them again, by the same dispatches and so with the same bits. The embedding's gradient is added to what the head
 * left there (or to zero, which the caller clears where nothing did).
 * @param accumulate adds all of them to what is there: the batch is a part of the step's.
 */
export function recordBackward(
  recorder: Recorder,
  model: Model,
  batch: BatchBuffers,
  a: Activations,
  scratch: BackwardScratch,
  gradients: TensorSet,
  partial: PartialSums,
  accumulate = false,
): void {
  const { index } = batch;
  if (!index || (a.keep !== 'all' && a.keep !== 'inputs'))
    throw new Error('a backward pass needs a batch and activations made for training');
  const pass = { ...tokenPass(recorder, batch, a.tokens), lowRank: a.lowRank };
  const attend = attendPacked(pass, model, batch);
  const to = { set: gradients, partial, dlowRank: scratch.dlowRank, accumulate };
  const { dhidden: dy, dx } = scratch;
  model.norm.backward(pass, to, { x: a.last, rstd: a.rstd, dy, dx });
  for (let l = model.blocks.length - 1; l >= 0; l--) {
    const layer = a.layers[l]!;
    // The last layer's are still there.
    const isGone = a.keep === 'inputs' && l < model.blocks.length - 1;
    if (isGone) model.blocks[l]!.forward(pass, layer, batch.positions, attend, null);
    model.blocks[l]!.backward(pass, layer, scratch, to, batch);
  }
  model.embedding.backward(pass, to, { index, dout: dx });
  partial.record(pass, accumulate);
}
