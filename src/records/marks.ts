/**
 * Marks: the first digits of a run's chain of fingerprints at a few steps. A link's claim carries them beside the last one,
 * so that a re-run is compared while it runs, and it is known between which steps two runs parted.
 */
const DIGITS = 4;
const COUNT = 8;

/** Matches a claim's marks: those of `markedSteps` one after the other. */
export const MARKS_PATTERN = new RegExp(`^(?:[0-9a-f]{${DIGITS}}){1,${COUNT}}$`);

/** The steps of a run that carry a mark, ascending and evenly spread; the last one is its last step. */
export function markedSteps(total: number): number[] {
  const steps = Array.from({ length: COUNT }, (_, i) => Math.round((total * (i + 1)) / COUNT));
  return [...new Set(steps)].filter((step) => step > 0);
}

/** @param links of each step from step 1, hexadecimal. */
export const marksOf = (links: readonly string[]): string =>
  markedSteps(links.length)
    .map((step) => links[step - 1]!.slice(0, DIGITS))
    .join('');

export interface MarkedAgreement {
  /** The last marked step up to which all that were compared agree; 0 for none. */
  agrees: number;
  /** The first marked step that differs: they part after `agrees`, and no later than here. Null where none does. */
  parted: number | null;
  /** The next marked step to come; null where all were compared. */
  next: number | null;
}

/**
 * Holds a run against marks, as far as it has come.
 * @param total the steps of the session.
 * @param links by step from step 1; undefined where one is not known.
 */
export function compareMarks(marks: string, total: number, links: readonly (string | undefined)[]): MarkedAgreement {
  let agrees = 0;
  let next: number | null = null;
  for (const [i, step] of markedSteps(total).entries()) {
    const link = links[step - 1];
    if (link === undefined) {
      next ??= step;
      continue;
    }
    if (!link.startsWith(marks.slice(i * DIGITS, (i + 1) * DIGITS))) return { agrees, parted: step, next: null };
    agrees = step;
    next = null;
  }
  return { agrees, parted: null, next };
}
