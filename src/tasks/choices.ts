import { mix32 } from '../lib/hash';

/** An index in [0, n) from a uniform in [0, 1). */
export const pick = (u: () => number, n: number): number => Math.min(n - 1, Math.floor(u() * n));

/** The list in an order that the key decides; a stable choice of any length. */
export function shuffled<T>(list: readonly T[], key: number): T[] {
  return list
    .map((item, i) => ({ item, rank: mix32(key, i) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** The form in which texts are compared: lower case, with names as they are typed. */
export const plain = (text: string): string => text.toLowerCase().replaceAll('_', ' ').replace(/\s+/g, ' ').trim();
