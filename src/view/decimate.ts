/** (points) for each series, on one shared x. */
export type Aligned = [x: Float64Array, ...ys: Float64Array[]];

/**
 * At most about `2 · buckets` points of each series, keeping every bucket's lowest and highest value, so that no spike
 * is lost. Short series come back as copies, because views into growing columns do not last.
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
        if (!(y[low]! <= y[at]!)) low = at;
        if (!(y[high]! >= y[at]!)) high = at;
      }
      // In the order they happened.
      out[series]![2 * bucket] = y[Math.min(low, high)]!;
      out[series]![2 * bucket + 1] = y[Math.max(low, high)]!;
    });
  }
  return [outX, ...out];
}
