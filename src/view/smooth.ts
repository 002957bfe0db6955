/**
 * Smooths values (N) by an exponential moving average without a bias towards 0: the mean of all values so far, each
 * weighing `weight` times what the next one does (0 leaves them as they are). What is not a number stays so, and the
 * mean begins again at each of `starts`, where a stage begins.
 */
export function smooth(values: Float64Array, weight: number, starts: ReadonlySet<number> = new Set()): Float64Array {
  const out = new Float64Array(values.length);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (starts.has(i)) sum = total = 0;
    const value = values[i]!;
    if (Number.isNaN(value)) {
      out[i] = NaN;
      continue;
    }
    sum = weight * sum + value;
    total = weight * total + 1;
    out[i] = sum / total;
  }
  return out;
}
