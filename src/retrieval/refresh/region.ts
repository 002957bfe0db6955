import type { RefreshSettings } from './settings';
import type { Relevant } from './reward';
import type { Staleness } from './staleness';

/** One search, as far as it says which documents matter. */
export interface Interest {
  relevant: readonly Relevant[];
  /** Documents, best first. */
  found: ArrayLike<number>;
}

/** Out-neighbours of a document. */
export type Neighbours = (document: number) => ArrayLike<number>;

/**
 * How much each document matters to a batch of searches: 1 for each search it answers, 1 / log2(1 + rank) for each that
 * found it, and for those within `hops` edges of such a document its relevance times `decay` for each hop.
 */
export function relevance(
  interests: readonly Interest[],
  neighbours: Neighbours,
  hops: number,
  decay: number,
): Map<number, number> {
  const weights = new Map<number, number>();
  const add = (document: number, weight: number): void => {
    weights.set(document, (weights.get(document) ?? 0) + weight);
  };
  for (const { relevant, found } of interests) {
    for (const { document, grade } of relevant) if (grade > 0) add(document, 1);
    for (let i = 0; i < found.length; i++) add(found[i] ?? -1, 1 / Math.log2(i + 2));
  }
  let frontier = [...weights];
  for (let hop = 0; hop < hops; hop++) {
    const reached = new Map<number, number>();
    for (const [document, weight] of frontier) {
      for (const neighbour of Array.from(neighbours(document))) {
        if (weights.has(neighbour)) continue;
        reached.set(neighbour, Math.max(reached.get(neighbour) ?? 0, weight * decay));
      }
    }
    for (const [document, weight] of reached) weights.set(document, weight);
    frontier = [...reached];
  }
  return weights;
}

/**
 * The documents a local refresh re-encodes: the first of the affected region by relevance × drift rate × age for
 * 1 − `oldest_share` of the budget, the oldest of all for the rest and for what the region leaves over. Ascending.
 */
export function chooseRegion(
  interests: readonly Interest[],
  neighbours: Neighbours,
  staleness: Staleness,
  settings: Pick<RefreshSettings, 'budget' | 'oldest_share' | 'hops' | 'hop_decay'>,
  step: number,
): Int32Array {
  const budget = Math.max(1, Math.round(settings.budget * staleness.size));
  const byPriority = Math.round(budget * (1 - settings.oldest_share));
  const ranked = [...relevance(interests, neighbours, settings.hops, settings.hop_decay)]
    .map(([document, weight]) => ({
      document,
      priority: weight * staleness.driftRate(document) * staleness.age(document, step),
    }))
    .filter(({ priority }) => priority > 0)
    .sort((a, b) => b.priority - a.priority || a.document - b.document)
    .slice(0, byPriority);
  const chosen = new Set(ranked.map(({ document }) => document));
  for (const document of staleness.oldest(budget - chosen.size, step, chosen)) chosen.add(document);
  return Int32Array.from(chosen).sort();
}
