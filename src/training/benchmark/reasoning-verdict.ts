import { difference } from './score-run';

/** The better way of embedding a query on a collection, at once or after reasoning, and by how much. */
export interface ReasoningVerdict {
  best: 'none' | 'reasoning';
  /** The mean over queries of nDCG@10 with reasoning minus nDCG@10 without, with its interval. */
  over_none: { mean: number; ci95: [number, number] };
  /** The verdict in sentences. */
  why: string;
}

const figure = (value: number): string => value.toFixed(3);
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${figure(value)}`;

/**
 * Judges whether what a model writes before it embeds a query helps on this collection: only where the interval of the
 * difference lies above zero, since writing costs time.
 * @param none nDCG@10 by query, embedded at once.
 * @param reasoning nDCG@10 by query, embedded after writing.
 */
export function judgeReasoning(none: readonly number[], reasoning: readonly number[]): ReasoningVerdict {
  const over = difference(reasoning, none);
  const [low, high] = over.ci95;
  const mean = (values: readonly number[]): string =>
    figure(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));
  const measured = `nDCG@10 is ${mean(reasoning)} after reasoning and ${mean(none)} at once, ${signed(over.mean)} (95 % ${signed(low)} to ${signed(high)}) over ${none.length} ${none.length === 1 ? 'query' : 'queries'}`;
  const best = low > 0 ? 'reasoning' : 'none';
  const verdict =
    best === 'reasoning'
      ? 'Reasoning is best here'
      : high < 0
        ? 'No reasoning is best here: it hurts'
        : 'No reasoning is the answer here: these queries do not show that it helps';
  return { best, over_none: over, why: `${verdict}; ${measured}.` };
}
