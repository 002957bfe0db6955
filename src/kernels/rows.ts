import type { View } from '../gpu/gpu';

/**
 * Slots of the counts buffer: how many rows of a recorded program hold data in this step. A program is recorded once at
 * its capacity; before each run the step's real numbers are written into the counts buffer, and workgroups past them
 * return at once: padding costs nothing.
 */
export const COUNT = {
  STATIC: 0,
  TOKENS: 1,
  TARGETS: 2,
  QUERIES: 4,
  DOCUMENTS: 5,
  DISTINCT: 6,
} as const;
/** The slots from here on are handed out: a training step gives them to its objectives. */
export const FIRST_FREE_COUNT = 8;
export const COUNT_WORDS = 32;

/** A row dimension: at most `limit` rows, of which counts[slot] − start are live. */
export interface Rows {
  readonly limit: number;
  readonly slot: number;
  readonly start: number;
}

export const fixedRows = (limit: number): Rows => ({ limit, slot: COUNT.STATIC, start: 0 });
export const liveRows = (limit: number, slot: number, start = 0): Rows => ({ limit, slot, start });

/**
 * The contents of a counts buffer: slot STATIC is never the smaller number.
 * @param free those of the slots from FIRST_FREE_COUNT on.
 */
export function countWords(
  counts: Partial<Record<Exclude<keyof typeof COUNT, 'STATIC'>, number>>,
  free: readonly number[] = [],
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(COUNT_WORDS);
  words[COUNT.STATIC] = 0xffffffff;
  for (const [name, value] of Object.entries(counts)) {
    if (isCount(name)) words[COUNT[name]] = value;
  }
  words.set(free, FIRST_FREE_COUNT);
  return words;
}

const isCount = (name: string): name is keyof typeof COUNT => name in COUNT;

/** The buffers that every kernel binds beside its own tensors. */
export interface KernelContext {
  readonly counts: View;
}
