import type { StoredRun } from '../../../host/browser/api';
import { plural } from '../../../view/format';
import { EVERY_RUN, RUN_METRICS, tagsOf, tasksOf, type RunOrder } from '../../../view/run-entries';
import { Choice } from '../../kit/choice';
import { useRunQuery } from '../../../store/run-query';

const ORDERS: readonly { value: RunOrder; label: string }[] = [
  { value: 'newest', label: 'newest first' },
  { value: 'oldest', label: 'oldest first' },
  { value: 'best', label: 'best first' },
  { value: 'worst', label: 'worst first' },
  { value: 'name', label: 'by name' },
];

/** Which runs are listed, by which metric, in which order. @param shown how many lines that leaves. */
export function RunControls({ runs, shown }: { runs: readonly StoredRun[]; shown: number }) {
  const { query, ask } = useRunQuery();
  const tags = tagsOf(runs);
  const tasks = tasksOf(runs);
  const options = (all: string, values: readonly string[]) => [
    { value: '', label: all },
    ...values.map((value) => ({ value, label: value })),
  ];
  const isNarrowed = query.text !== '' || query.tag !== '' || query.task !== '';
  return (
    <div className="run-controls" role="search" aria-label="Runs">
      <input
        type="search"
        className="field-input"
        aria-label="Search runs"
        placeholder="Search runs"
        value={query.text}
        onChange={(event) => ask({ text: event.target.value })}
      />
      {tags.length > 0 && (
        <Choice label="Tag" value={query.tag} options={options('any', tags)} onChange={(tag) => ask({ tag })} />
      )}
      {tasks.length > 1 && (
        <Choice label="Task" value={query.task} options={options('any', tasks)} onChange={(task) => ask({ task })} />
      )}
      <Choice label="Metric" value={query.metric} options={RUN_METRICS} onChange={(metric) => ask({ metric })} />
      <Choice label="Order" value={query.order} options={ORDERS} onChange={(order) => ask({ order })} />
      <span role="status" className="muted small">
        {isNarrowed && `${plural(shown, 'line')} of the list.`}
      </span>
      {isNarrowed && (
        <button
          type="button"
          className="link-button"
          onClick={() => ask({ ...EVERY_RUN, metric: query.metric, order: query.order })}
        >
          Show all
        </button>
      )}
    </div>
  );
}
