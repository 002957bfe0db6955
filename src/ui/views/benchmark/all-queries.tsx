import { useDeferredValue, useMemo, useState } from 'react';
import type { Comparison } from '../../../host/browser/api';
import { openQuery, useBenchmark } from '../../../store/benchmark';
import { listedQueries, systemLabel, type ComparedQuery, type QueryOrder } from '../../../view/benchmark';
import { formatScore } from '../../../view/format';
import { VirtualList } from '../../kit/virtual-list';
import { Choice } from '../../kit/choice';

const ROW = 32;

/** Every query, found by words and sorted; each opens what was written and found for it. */
export function AllQueries(props: {
  queries: readonly ComparedQuery[];
  compared: Comparison;
  rival: { name: string } | null;
  isAlone: boolean;
}) {
  const { queries, compared, rival, isAlone } = props;
  const labels = { of: systemLabel(compared.of, rival), over: systemLabel(compared.over, rival) };
  const [find, setFind] = useState('');
  const [order, setOrder] = useState<QueryOrder>(isAlone ? 'of' : 'gain');
  const [descending, setDescending] = useState(!isAlone);
  const sought = useDeferredValue(find);
  const shown = useMemo(
    () => listedQueries(queries, { find: sought, order, descending }),
    [queries, sought, order, descending],
  );
  const orders: readonly { value: QueryOrder; label: string }[] = [
    ...(isAlone ? [] : [{ value: 'gain' as const, label: 'difference' }]),
    { value: 'of', label: labels.of },
    ...(isAlone ? [] : [{ value: 'over' as const, label: labels.over }]),
    { value: 'id', label: 'id' },
  ];
  return (
    <div className="all-queries" role="group" aria-label="All queries">
      <h3>All queries</h3>
      <div className="compare-row">
        <input
          className="field-input"
          type="search"
          aria-label="Find queries"
          placeholder="Find by words or id"
          value={find}
          onChange={({ target }) => setFind(target.value)}
        />
        <Choice label="Sort by" value={order} options={orders} onChange={setOrder} />
        <button type="button" className="button" onClick={() => setDescending(!descending)}>
          {order === 'id' ? (descending ? 'Last first' : 'First first') : descending ? 'Highest first' : 'Lowest first'}
        </button>
        <span className="muted" role="status">
          {shown.length === queries.length
            ? `${queries.length.toLocaleString('en')} in all`
            : `${shown.length.toLocaleString('en')} of ${queries.length.toLocaleString('en')}`}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className="muted">No query has these words.</p>
      ) : (
        <div className="query-table" style={{ height: Math.min(10, shown.length) * ROW + 2 }}>
          <VirtualList
            label={`${shown.length.toLocaleString('en')} queries`}
            count={shown.length}
            rowHeight={ROW}
            keyOf={(at) => shown[at]!.id}
            row={(at) => <Row query={shown[at]!} labels={labels} isAlone={isAlone} />}
          />
        </div>
      )}
    </div>
  );
}

interface RowProps {
  query: ComparedQuery;
  labels: { of: string; over: string };
  isAlone: boolean;
}

function Row({ query, labels, isAlone }: RowProps) {
  const isOpen = useBenchmark((state) => (state.opening ?? state.detail?.id) === query.id);
  const { id, text, of, over, gain } = query;
  const kind = gain > 0 ? 'gained' : gain < 0 ? 'lost' : '';
  return (
    <button
      type="button"
      className="query-row listed"
      aria-pressed={isOpen}
      onClick={() => void openQuery(isOpen ? null : id)}
    >
      <span className="mono muted query-id" title={id}>
        {id}
      </span>
      <span className="query-text" title={text}>
        {text}
      </span>
      <Score name={labels.of} value={of} />
      {!isAlone && (
        <>
          <Score name={labels.over} value={over} />
          <span className={`query-gain ${kind}`} title={`Difference: ${gain}`}>
            <span className="hidden-text">difference </span>
            {gain > 0 ? '+' : ''}
            {formatScore(gain)}
          </span>
        </>
      )}
    </button>
  );
}

const Score = ({ name, value }: { name: string; value: number }) => (
  <span className="query-score" title={`${name}: ${value}`}>
    <span className="hidden-text">{name} </span>
    {formatScore(value)}
  </span>
);
