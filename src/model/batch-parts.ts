/** A range of rows of a packed batch. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Some sequences of a batch, one after the other, and the rows that they are in it. */
export interface BatchPart extends RowRange {
  readonly sequences: readonly (readonly number[])[];
}

/**
 * Tokens that are computed at once where a batch of `tokens` at most is computed in `parts`: their share, or the longest
 * sequence, which is never cut.
 */
export function partTokens(tokens: number, longest: number, parts: number): number {
  return Math.min(tokens, Math.max(longest, Math.ceil(tokens / parts)));
}

/**
 * Cuts a batch into parts, its sequences in order; each part takes as many as it can hold.
 * @param most tokens of a part; a longer sequence is a part by itself, which its buffers then refuse.
 */
export function partsOf(sequences: readonly (readonly number[])[], most: number): BatchPart[] {
  const parts: { start: number; end: number; sequences: (readonly number[])[] }[] = [];
  let row = 0;
  for (const sequence of sequences) {
    let part = parts.at(-1);
    if (!part || row + sequence.length - part.start > most) {
      part = { start: row, end: row, sequences: [] };
      parts.push(part);
    }
    part.sequences.push(sequence);
    row += sequence.length;
    part.end = row;
  }
  return parts;
}
