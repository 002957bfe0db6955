/**
 * Counts the leading places of a sequence that satisfy a condition, by bisection.
 * @param length of the sequence.
 * @param holds the condition at a place; true up to some place and false from there on.
 */
export function leading(length: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
