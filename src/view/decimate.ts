/** Series of the same length (points) over one shared x. */
export type Aligned = [x: Float64Array, ...ys: Float64Array[]];

/** The same series with a gap before each step of `starts`, so that no line connects two stages. */
export function withGaps([x, ...ys]: Aligned, starts: readonly number[]): Aligned {
  const cuts = starts.map((start) => x.findIndex((step) => step >= start)).filter((at) => at > 0);
  const opened = (values: Float64Array, gap: (at: number) => number): Float64Array => {
    const out = new Float64Array(values.length + cuts.length);
    let from = 0;
    cuts.forEach((at, made) => {
      out.set(values.subarray(from, at), from + made);
      out[at + made] = gap(at);
      from = at;
    });
    out.set(values.subarray(from), from + cuts.length);
    return out;
  };
  return [opened(x, (at) => (x[at - 1]! + x[at]!) / 2), ...ys.map((y) => opened(y, () => NaN))];
}

/**
 * Reduces series to at most about `2 · buckets` points each, keeping every bucket's lowest and highest value, so that
 * no spike is lost. Short series come back as copies, because views into growing columns do not last.
 */
export function decimate(x: Float64Array, ys: readonly Float64Array[], buckets: number): Aligned {
  const count = x.length;
  if (count <= 2 * buckets) return [x.slice(), ...ys.map((y) => y.slice())];
  const outX = new Float64Array(2 * buckets);
  const out = ys.map(() => new Float64Array(2 * buckets).fill(NaN));
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * count) / buckets);
    const to = Math.floor(((bucket + 1) * count) / buckets);
    outX[2 * bucket] = x[from]!;
    outX[2 * bucket + 1] = x[to - 1]!;
    ys.forEach((y, series) => {
      let low = from;
      let high = from;
      for (let at = from; at < to; at++) {
        const value = y[at]!;
        if (Number.isNaN(value)) continue;
        // True also where the bucket began with a gap.
        if (!(y[low]! <= value)) low = at;
        if (!(y[high]! >= value)) high = at;
      }
      // In the order they happened.
      out[series]![2 * bucket] = y[Math.min(low, high)]!;
      out[series]![2 * bucket + 1] = y[Math.max(low, high)]!;
    });
  }
  return [outX, ...out];
}
