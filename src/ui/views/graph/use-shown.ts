import { useMemo } from 'react';
import type { GraphSearch } from '../../../records/records';
import { graph, useGraph } from '../../../store/graph';
import { useSelection } from '../../../store/selection';
import type { Refresh } from '../../../view/graph/history';
import { searchOf } from '../../../view/graph/searches';

interface Shown {
  /** Place in the history; 0 is the graph's start. */
  index: number;
  /** The step of what is drawn, which is the last refresh at or before the step in view. */
  step: number;
  refresh: Refresh | undefined;
  search: GraphSearch | undefined;
  searchIndex: number;
}

/** The refresh in view, and which of its searches. */
export function useShownRefresh(): Shown {
  const loaded = useGraph((state) => state.loaded);
  const held = useSelection((state) => state.step);
  const query = useSelection((state) => state.query);
  const completion = useSelection((state) => state.completion);
  return useMemo(() => {
    const { history } = graph;
    if (!history || loaded < 0) return { index: 0, step: 0, refresh: undefined, search: undefined, searchIndex: -1 };
    const index = history.indexAt(held ?? Infinity);
    const refresh = history.refresh(index);
    const searchIndex = searchOf(refresh?.searches ?? [], query, completion);
    return { index, step: history.stepOf(index), refresh, search: refresh?.searches[searchIndex], searchIndex };
  }, [loaded, held, query, completion]);
}
