import { Random } from '../lib/philox';

export interface BootstrapOptions {
  /** Number of resamples; 2,000 where absent. */
  resamples?: number;
  /**
   * A key for each value: values with the same key (queries about the same entity, runs of the same seed) are drawn
   * together, because they are not independent.
   */
  clusters?: readonly (string | number)[];
}

/**
 * The 95% percentile bootstrap interval of a mean (Efron, 1979): of the means of resamples drawn with replacement, the
 * 2.5% and 97.5% quantiles, interpolated linearly. The draws depend on the seed and on the number of values alone, so
 * intervals of several metrics over the same queries use the same resamples. With clusters, whole clusters are drawn
 * and the mean is over all their values.
 * @param values one per query (n).
 * @returns [low, high]; NaN for no value.
 */
export function bootstrapInterval(
  values: readonly number[],
  seed: number,
  { resamples = 2000, clusters }: BootstrapOptions = {},
): [low: number, high: number] {
  if (values.length === 0) return [NaN, NaN];
  const groups = clusters === undefined ? values.map((value) => ({ sum: value, count: 1 })) : sumsOf(values, clusters);
  const random = new Random(seed, 'bootstrap');
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    let count = 0;
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[random.integer(groups.length)]!;
      sum += group.sum;
      count += group.count;
    }
    means[resample] = sum / count;
  }
  means.sort();
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

function sumsOf(values: readonly number[], clusters: readonly (string | number)[]): { sum: number; count: number }[] {
  if (clusters.length !== values.length) {
    throw new RangeError(`${clusters.length} cluster keys, expected one for each of ${values.length} values`);
  }
  const groups = new Map<string | number, { sum: number; count: number }>();
  values.forEach((value, i) => {
    const key = clusters[i]!;
    const group = groups.get(key) ?? { sum: 0, count: 0 };
    group.sum += value;
    group.count++;
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** Linear interpolation between order statistics, as NumPy's default. @param sorted ascending, not empty. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}
