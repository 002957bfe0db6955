import { quote } from '../json';
import type { Component } from './component';

/** Tokens beyond which a vocabulary is none: the largest of the field have 262,144. */
const MOST_TOKENS = 2 ** 22;

/**
 * The `vocab` of a model: its tokens' ids.
 * @throws InputError for an id that is none, or is given twice.
 */
export function vocabularyOf(component: Component): Map<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  for (const [token, id] of Object.entries(component.object('vocab'))) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= MOST_TOKENS) {
      component.refuse(`vocab gives ${quote(token)} the id ${quote(id)}`, 'whole numbers as ids');
    }
    if (taken.has(id)) component.refuse(`vocab gives ${quote(token)} the id ${id} once more`, 'an id for each token');
    taken.add(id);
    ids.set(token, id);
  }
  return ids;
}
