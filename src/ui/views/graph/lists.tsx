import { useDeferredValue, useMemo, useState } from 'react';
import { DocumentRow } from './document-row';
import { graph, useGraph } from '../../../store/graph';
import { useSelection } from '../../../store/selection';
import { formatNumber } from '../../../view/format';
import { rankTrend, rankWords } from '../../../view/graph/searches';
import { VirtualList } from '../../kit/virtual-list';
import { useShownRefresh } from './use-shown';

const ROW = 28;
type Order = 'number' | 'age' | 'drift';

const TREND_WORDS = { better: 'better', worse: 'worse', same: 'no change' };

/** The step's searches, and all documents. */
export function Lists() {
  const [tab, setTab] = useState<'searches' | 'documents'>('searches');
  return (
    <section className="graph-lists" aria-label="Searches and documents">
      <div className="graph-tabs" role="group" aria-label="List">
        <button type="button" className="tool" aria-pressed={tab === 'searches'} onClick={() => setTab('searches')}>
          Searches
        </button>
        <button type="button" className="tool" aria-pressed={tab === 'documents'} onClick={() => setTab('documents')}>
          Documents
        </button>
        {tab === 'documents' && <DocumentTools />}
      </div>
      {tab === 'searches' ? <Searches /> : <Documents />}
    </section>
  );
}

function Searches() {
  const { refresh, step, searchIndex } = useShownRefresh();
  const selectTrace = useSelection((state) => state.selectTrace);
  const searches = refresh?.searches ?? [];
  if (searches.length === 0) {
    return <p className="muted list-empty">{refresh ? 'No search of this step was recorded.' : 'The graph as stage 2 found it: nothing was searched yet.'}</p>; // prettier-ignore
  }
  return (
    <VirtualList
      label="Searches of the step"
      count={searches.length}
      rowHeight={ROW}
      keyOf={(at) => at}
      row={(at) => {
        const search = searches[at]!;
        const trend = rankTrend(search);
        return (
          <button
            type="button"
            className="list-row"
            aria-pressed={at === searchIndex}
            onClick={() => selectTrace({ step, query: search.query, kind: 'sampled', completion: search.completion })}
          >
            <span className="row-text mono">{search.query}</span>
            <span className="muted">completion {search.completion + 1}</span>
            <span className="muted only-broad">{search.path.length} looked at</span>
            <span className={`rank-change ${trend}`} title={`Rank before and after the refresh: ${TREND_WORDS[trend]}`}>
              {rankWords(search)}
              <span className="hidden-text">, {TREND_WORDS[trend]}</span>
            </span>
          </button>
        );
      }}
    />
  );
}

// Kept while the tab is closed.
const filterState = { text: '', order: 'drift' as Order };

function DocumentTools() {
  const set = useGraph((state) => state.set);
  const version = useGraph((state) => state.version);
  const change = (changes: Partial<typeof filterState>): void => {
    Object.assign(filterState, changes);
    set({ version: version + 1 });
  };
  return (
    <>
      <input
        className="field-input"
        type="search"
        aria-label="Find documents"
        placeholder="Find"
        defaultValue={filterState.text}
        onChange={(event) => change({ text: event.target.value })}
      />
      <label className="order">
        by{' '}
        <select value={filterState.order} onChange={(event) => change({ order: orderOf(event.target.value) })}>
          <option value="drift">drift</option>
          <option value="age">age</option>
          <option value="number">number</option>
        </select>
      </label>
    </>
  );
}

const orderOf = (value: string): Order => (value === 'age' || value === 'number' ? value : 'drift');

function Documents() {
  const version = useDeferredValue(useGraph((state) => state.version));
  const held = useDeferredValue(useSelection((state) => state.step));
  const shown = useMemo(() => {
    const { history, documents } = graph;
    if (!history || version < 0) return { rows: [], age: [], drift: [] };
    const state = history.at(history.indexAt(held ?? Infinity));
    const words = filterState.text.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = documents
      .map(({ document }) => document)
      .filter((at) => {
        const { id, text } = documents[at]!;
        const all = `${id} ${text}`.toLowerCase();
        return words.every((word) => all.includes(word));
      });
    const age = state.encodedAt.map((step) => state.step - step);
    const drift = state.drift.slice();
    if (filterState.order === 'age') rows.sort((a, b) => age[b]! - age[a]! || a - b);
    if (filterState.order === 'drift') rows.sort((a, b) => drift[b]! - drift[a]! || a - b);
    return { rows, age, drift };
  }, [version, held]);

  if (shown.rows.length === 0) return <p className="muted list-empty">No document has these words.</p>;
  return (
    <VirtualList
      label={`${shown.rows.length.toLocaleString('en')} documents`}
      count={shown.rows.length}
      rowHeight={ROW}
      keyOf={(at) => shown.rows[at]!}
      row={(at) => {
        const document = shown.rows[at]!;
        const card = graph.documents[document]!;
        const drift = shown.drift[document]!;
        return (
          <DocumentRow document={document}>
            <span className="row-text mono">{card.text}</span>
            <span className="muted only-broad">{card.group}</span>
            <span className="muted">age {shown.age[document]}</span>
            <span className="drift-value">{drift < 0 ? 'no drift seen' : `drift ${formatNumber(drift)}`}</span>
          </DocumentRow>
        );
      }}
    />
  );
}
