/** Number of updates that a mean is taken over: one update's figure is noise. */
const WINDOW = 10;

/** The value of a metric at the start of a stage, and now. */
export interface Trend {
  first: number;
  recent: number;
}

/**
 * Means over the first and the last ten updates of `column` from place `from` to `to`, both included.
 * @returns undefined before there are ten
 */
export function trend(column: Float64Array | undefined, from: number, to: number): Trend | undefined {
  if (!column || to - from + 1 < WINDOW) return undefined;
  const mean = (start: number): number => {
    let sum = 0;
    for (let at = start; at < start + WINDOW; at++) sum += column[at] ?? NaN;
    return sum / WINDOW;
  };
  const found = { first: mean(from), recent: mean(to - WINDOW + 1) };
  return Number.isFinite(found.first) && Number.isFinite(found.recent) ? found : undefined;
}
