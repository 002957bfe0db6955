/**
 * The order in which this version's kernels add up, by number: runs of one number give the same bits on the same adapter. A
 * change of that order gets the next number; 1 is the order of the first release.
 */
export const NUMERICS = 1;

/** Of a run or a claim that was written before it was kept: those were all of the first. */
export const FIRST_NUMERICS = 1;

/** Why bits differ, where the two numbers do; null where they are the same. */
export const numericsSentence = (recorded: number, here: number): string | null =>
  recorded === here
    ? null
    : `The recorded run added its sums in another order (numerics ${recorded}, here ${here}), so other last bits are expected.`;
