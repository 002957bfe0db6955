import type { SearchAnswer } from '../../../host/browser/api';
import type { GraphSearch } from '../../../records/records';
import { answerOf, useSearch } from '../../../store/search';

/** The last search of the Search view or of the map, as the picture lights it; null where there is none. */
export const litNow = (): GraphSearch | null => lit(answerOf(useSearch.getState()));

/** The documents that a search found after reasoning, or at once where nothing was embedded after it. */
export const foundBy = ({
  reasoning,
  direct,
}: Pick<SearchAnswer, 'reasoning' | 'direct'>): SearchAnswer['reasoning'] =>
  reasoning.length > 0 ? reasoning : direct;

let last: { answer: SearchAnswer | null; search: GraphSearch | null } = { answer: null, search: null };

/** The same answer gives the same object, which the picture compares by. */
function lit(answer: SearchAnswer | null): GraphSearch | null {
  if (last.answer === answer) return last.search;
  const hits = answer ? foundBy(answer) : [];
  const search = answer && {
    query: answer.query,
    completion: 0,
    path: [],
    found: hits.map(({ document }) => document),
    wanted: hits.filter(({ relevant }) => relevant === true).map(({ document }) => document),
    rank_before: answer.rank.direct ?? 0,
    rank_after: answer.rank.reasoning ?? 0,
  };
  last = { answer, search };
  return search;
}
