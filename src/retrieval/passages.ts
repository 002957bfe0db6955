/**
 * Passages: a text longer than the context is embedded in several that overlap, and its score is that of the best one.
 */

/** Share of a passage that overlaps the one before it, so that a sentence cut by one is whole in the other. */
const OVERLAP = 0.25;

/**
 * Cuts a text of `length` tokens into as few passages as overlap by a quarter, all of `window` tokens, evenly spread
 * from the first token to the last.
 * @returns [from, to) of each; one empty passage for an empty text.
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
