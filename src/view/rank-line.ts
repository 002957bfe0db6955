/** The rank while thinking as a step line: rank 1 on top, the last document at the bottom, logarithmic between. */

/** Height of a rank as a share from the top, in [0, 1]; null where there is no rank. */
export function rankDepth(rank: number | undefined, documents: number): number | null {
  if (rank === undefined || rank < 1) return null;
  return documents > 1 ? Math.min(1, Math.log(rank) / Math.log(documents)) : 0;
}

/** Ranks worth a line of the grid: powers of ten below the number of documents. */
export function rankGrid(documents: number): number[] {
  const grid = [1];
  while (grid[grid.length - 1]! * 10 < documents) grid.push(grid[grid.length - 1]! * 10);
  return grid;
}

/**
 * One token's piece of the line in a box 100 wide and `height` high: from the rank before the token, straight to the
 * rank after it, then along. Empty where there is no rank.
 */
export function rankPiece(
  before: number | undefined,
  rank: number | undefined,
  documents: number,
  height: number,
): string {
  const to = rankDepth(rank, documents);
  if (to === null) return '';
  const from = rankDepth(before, documents);
  const y = (depth: number) => Math.round((4 + depth * (height - 8)) * 10) / 10;
  return from === null ? `M0 ${y(to)}H100` : `M0 ${y(from)}V${y(to)}H100`;
}
