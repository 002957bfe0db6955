/** Moves labels apart so that none covers another: `wanted` places in pixels; the result is in the same order. */
export function spreadLabels(wanted: readonly number[], height: number, low: number, high: number): number[] {
  const order = wanted.map((y, at) => ({ y, at })).sort((a, b) => a.y - b.y);
  const placed = wanted.slice();
  let from = low;
  for (const { y, at } of order) {
    placed[at] = Math.max(y, from);
    from = placed[at] + height;
  }
  // What ran off the end moves back up.
  let to = high;
  for (const { at } of order.reverse()) {
    placed[at] = Math.min(placed[at]!, to);
    to = placed[at] - height;
  }
  return placed;
}

/**
 * As much of a text as fits, with an ellipsis where it is cut.
 * @param widthOf the width of a text, in the unit of `room`.
 */
export function fitted(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  let shown = text;
  while (shown.length > 1 && widthOf(`${shown}…`) > room) shown = shown.slice(0, -1).trimEnd();
  return `${shown}…`;
}
