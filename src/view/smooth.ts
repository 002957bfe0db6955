/**
 * An exponential mean over the values so far, (N), each weighing half of one `half` steps later; started without a bias
 * towards 0. What is not a number stays so, and the mean begins anew at each of `starts`, where a stage begins.
 */
export function smooth(values: Float64Array, half: number, starts: ReadonlySet<number> = new Set()): Float64Array {
  const keep = 0.5 ** (1 / half);
  const out = new Float64Array(values.length);
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    if (starts.has(i)) sum = weight = 0;
    const value = values[i]!;
    if (Number.isNaN(value)) {
      out[i] = NaN;
      continue;
    }
    sum = keep * sum + value;
    weight = keep * weight + 1;
    out[i] = sum / weight;
  }
  return out;
}
