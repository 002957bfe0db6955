/** Texts longer than the context are embedded by passages that overlap; the best one stands for its document. */

/** Share of a passage that it has in common with the one before it: a sentence that one cuts, the other holds whole. */
const OVERLAP = 0.25;

/**
 * Where a text of `length` tokens is cut: as few passages as overlap by a quarter, all of `window` tokens, evenly spread
 * from the first token to the last.
 * @returns [from, to) of each; one that is empty for an empty text.
 */
export function passageSpans(length: number, window: number): [from: number, to: number][] {
  if (length <= window) return [[0, length]];
  const stride = Math.max(1, Math.floor(window * (1 - OVERLAP)));
  const count = 1 + Math.ceil((length - window) / stride);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.round((i * (length - window)) / (count - 1));
    return [from, from + window];
  });
}

/** The best score of each document among those of its passages. @param owners the document of each row, ascending from 0. */
export function bestPassages(scores: Float32Array, owners: Int32Array): Float32Array {
  const best = new Float32Array(scores.length > 0 ? owners.at(-1)! + 1 : 0).fill(-Infinity);
  owners.forEach((owner, row) => {
    if (scores[row]! > best[owner]!) best[owner] = scores[row]!;
  });
  return best;
}
