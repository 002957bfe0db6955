/**
 * The order in which a session's kernels add up, by number: runs of one number give the same bits on the same adapter. A
 * change of that order gets the next number, and sessions that say an older one keep it:
 *
 * 1. Every sum in one go, as in the first release.
 * 2. Sums over all tokens of the gradients of small matrices in parts, side by side, which are then added up in order
 *    (`kernels/sums/parts.ts`).
 */
export const NEWEST_NUMERICS = 2;

/** The first numerics, which a session, a run or a claim has that does not say. */
export const FIRST_NUMERICS = 1;

/** The first numerics with gradients summed in parts. */
export const SPLIT_NUMERICS = 2;

/** Why bits differ, where the two numbers do; null where they are the same. */
export const numericsSentence = (recorded: number, here: number): string | null =>
  recorded === here
    ? null
    : `The recorded run added its sums in another order (numerics ${recorded}, here ${here}), so other last bits are expected.`;
