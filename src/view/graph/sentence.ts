import { formatNumber, formatPercent, plural } from '../format';
import type { Refresh } from './history';

const BARE = 'This run came without edges and without the paths of searches: a cluster’s index records neither.';

/** Describes what a refresh did, in a sentence. */
export function refreshSentence(
  index: number,
  step: number,
  refresh: Refresh | undefined,
  documents: number,
  edges: number,
): string {
  // A graph has edges, always: where there are none, whoever trained the run had another index.
  const isBare = edges === 0;
  if (!refresh || index === 0) {
    if (isBare) return `The ${plural(documents, 'document')} that stage 2 begins with. ${BARE}`;
    return `The graph that stage 2 begins with: ${plural(documents, 'document')}, ${plural(edges, 'edge')}.`;
  }
  const { reencoded, compensated, added, removed, recall } = refresh;
  if (reencoded.length === 0 && !isBare) return `Step ${step} left the graph as it was: ${plural(documents, 'document')}, ${plural(edges, 'edge')}.`; // prettier-ignore
  const share = formatPercent(reencoded.length / Math.max(1, documents));
  const rest = compensated.count > 0 ? `, moved ${plural(compensated.count, 'other')}` : '';
  if (isBare) return `Step ${step} re-encoded ${plural(reencoded.length, 'document')} (${share})${rest}. ${BARE}`;
  const found = recall === null ? '' : ` Recall of the index: ${formatNumber(recall)}.`;
  return `Step ${step} re-encoded ${plural(reencoded.length, 'document')} (${share})${rest}, added ${plural(added.length / 2, 'edge')} and removed ${plural(removed.length / 2, 'edge')}.${found}`;
}
