import { InputError } from '../../lib/errors';

/** A document that answers a query, with its grade. */
export interface Relevant {
  document: number;
  grade: number;
}

/**
 * The reward of stage 2: Σ grade / log2(1 + rank) over the first `k` of `ranking`, divided by its value for the best
 * possible ranking, so in [0, 1]. 0 where nothing is relevant.
 * @param ranking documents, best first
 * @throws InputError where `k` is not a whole number of at least 1
 */
export function dcgReward(ranking: ArrayLike<number>, relevant: readonly Relevant[], k: number): number {
  if (!Number.isInteger(k) || k < 1) throw new InputError(`reward: k is ${k}, expected a whole number of at least 1`);
  const grades = new Map(relevant.map(({ document, grade }) => [document, grade]));
  let gain = 0;
  for (let i = 0; i < Math.min(k, ranking.length); i++) {
    gain += (grades.get(ranking[i] ?? -1) ?? 0) / Math.log2(i + 2);
  }
  const ideal = idealGain([...grades.values()], k);
  return ideal > 0 ? gain / ideal : 0;
}

/** The same reward from the rank, from 1, of each of `relevant`, in its order. */
export function rewardOfRanks(ranks: ArrayLike<number>, relevant: readonly Relevant[], k: number): number {
  const ideal = idealGain(
    relevant.map(({ grade }) => grade),
    k,
  );
  const gain = relevant.reduce((sum, { grade }, i) => {
    const rank = ranks[i] ?? 0;
    return rank >= 1 && rank <= k ? sum + grade / Math.log2(1 + rank) : sum;
  }, 0);
  return ideal > 0 ? gain / ideal : 0;
}

function idealGain(grades: readonly number[], k: number): number {
  return [...grades]
    .sort((a, b) => b - a)
    .slice(0, k)
    .reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0);
}

/** Rank of the best relevant document, from 1; 0 where none is in `ranking`. */
export function bestRank(ranking: ArrayLike<number>, relevant: readonly Relevant[]): number {
  for (let i = 0; i < ranking.length; i++) {
    if (relevant.some(({ document, grade }) => grade > 0 && document === ranking[i])) return i + 1;
  }
  return 0;
}
