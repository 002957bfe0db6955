import type { AdamWSettings } from '../kernels/adamw/adamw';
import type { TensorTable } from '../tensors/table';

/** A range of a page of trained weights in which all decay alike; bytes, the offset a multiple of 256. */
export interface DecayRange {
  /** Its index among the pages of trained tensors. */
  page: number;
  offset: number;
  size: number;
  weightDecay: number;
}

/**
 * Cuts all pages of trained weights into ranges that decay alike, in order. Where everything decays alike each page is
 * one range; else vectors (norms and biases) do not decay, as in transformers' `Trainer.get_decay_parameter_names`.
 */
export function decayRanges(table: TensorTable, { weightDecay, decayNorms = true }: AdamWSettings): DecayRange[] {
  const trained = table.pages.flatMap(({ group }, at) => (group === 'trained' ? [at] : []));
  if (decayNorms || weightDecay === 0) {
    return trained.map((at, page) => ({ page, offset: 0, size: table.pages[at]!.bytes, weightDecay }));
  }
  const ranges: DecayRange[] = [];
  for (const { shape, blocks, group } of table.tensors) {
    if (group !== 'trained') continue;
    const decay = shape.length > 1 ? weightDecay : 0;
    for (const block of blocks) {
      const page = trained.indexOf(block.page);
      const last = ranges.at(-1);
      if (last?.page === page && last.weightDecay === decay) continue;
      ranges.push({ page, offset: block.offset, size: 0, weightDecay: decay });
    }
  }
  // Each range extends to the next of its page, with the padding between tensors: that is zero and stays so.
  return ranges.map((range, i) => {
    const next = ranges[i + 1];
    const end = next?.page === range.page ? next.offset : table.pages[trained[range.page]!]!.bytes;
    return { ...range, size: end - range.offset };
  });
}
