/** Group-relative advantages and what they say about the groups. */
export interface Advantages {
  /** One per completion, groups next to each other. */
  values: Float32Array<ArrayBuffer>;
  /** Mean over groups of the standard deviation within the group. */
  rewardStd: number;
  /** Share of groups whose rewards are all equal, from which nothing is learnt. */
  zeroStd: number;
}

/**
 * Advantage = 1 for a completion whose reward is above that of its query embedded at once, else 0: the model learns the words of
 * its own that helped, as likely as they were written, and nothing of the others (LREM, arXiv 2510.14321, its filter).
 * @param atOnce rewards of the queries without words, one per group.
 * @returns as `groupAdvantages` but for the values.
 */
export function gainAdvantages(rewards: ArrayLike<number>, atOnce: ArrayLike<number>): Advantages {
  const size = rewards.length / atOnce.length;
  const values = Float32Array.from({ length: rewards.length }, (_, i) =>
    rewards[i]! > atOnce[Math.floor(i / size)]! ? 1 : 0,
  );
  return { ...groupAdvantages(rewards, size, false), values };
}

/** Added to the standard deviation where advantages are divided by it, as TRL does. */
const STD_EPS = 1e-4;

/**
 * Advantage = reward − group mean; divided by the group's standard deviation (n − 1) where `scale` is set. Without it, easy
 * and hard groups weigh alike (Dr. GRPO, Liu et al. 2025).
 * @param rewards groups of `size` next to each other.
 */
export function groupAdvantages(rewards: ArrayLike<number>, size: number, scale: boolean): Advantages {
  const values = new Float32Array(rewards.length);
  const groups = rewards.length / size;
  let stdSum = 0;
  let zero = 0;
  for (let group = 0; group < groups; group++) {
    let mean = 0;
    for (let i = 0; i < size; i++) mean += rewards[group * size + i]! / size;
    let squares = 0;
    for (let i = 0; i < size; i++) squares += (rewards[group * size + i]! - mean) ** 2;
    const std = Math.sqrt(squares / (size - 1));
    stdSum += std;
    if (std < 1e-9) zero++;
    for (let i = 0; i < size; i++) {
      const centred = rewards[group * size + i]! - mean;
      values[group * size + i] = scale ? centred / (std + STD_EPS) : centred;
    }
  }
  return { values, rewardStd: stdSum / groups, zeroStd: zero / groups };
}
