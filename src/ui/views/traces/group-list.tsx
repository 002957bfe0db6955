import type { CSSProperties } from 'react';
import type { TraceFilter, TraceSummary } from '../../../host/browser/api';
import { useHover } from '../../../store/hover';
import { useSelection } from '../../../store/selection';
import { shownOf } from '../../../store/asked';
import { askList, askMore, useTraces } from '../../../store/traces';
import { formatNumber, plural } from '../../../view/format';
import { ErrorNote } from '../../kit/error-note';
import { pointsAt } from '../../frame/step-link';

/** The queries that were found, each with its completions' rewards as dots. */
export function GroupList({ filter }: { filter: TraceFilter }) {
  const list = useTraces((state) => state.list);
  const shown = shownOf(list);
  const group = shownOf(useTraces((state) => state.group));
  if (list.state === 'failed') {
    return (
      <ErrorNote what="reading of the traces" help={{ label: 'Try again', run: () => void askList(filter) }}>
        {`The traces could not be read: ${list.error.message}. The run is not touched.`}
      </ErrorNote>
    );
  }
  if (!shown) return <p className="muted">Reading what was recorded.</p>;
  return (
    <section className="trace-list" aria-label="Queries" aria-busy={list.state === 'asking'}>
      <p className="muted small" role="status">
        {shown.groups.length === 0
          ? 'Nothing that was recorded passes these filters.'
          : `${plural(shown.groups.length, 'query', 'queries')}${shown.next === null ? '' : ', and more'}`}
      </p>
      <ol>
        {shown.groups.map((entry) => (
          <Entry
            key={`${entry.step} ${entry.query}`}
            entry={entry}
            showStep={filter.step === null}
            current={group?.step === entry.step && group.query === entry.query && group.kind === entry.kind}
          />
        ))}
      </ol>
      {shown.next !== null && (
        <button
          type="button"
          className="button"
          disabled={list.state === 'asking'}
          onClick={() => void askMore(filter)}
        >
          {list.state === 'asking' ? 'Reading earlier steps' : 'Earlier steps'}
        </button>
      )}
    </section>
  );
}

function Entry({ entry, showStep, current }: { entry: TraceSummary; showStep: boolean; current: boolean }) {
  const { step, query, kind, depth, completions } = entry;
  const isPointed = useHover((state) => state.step === step);
  const said = completions.map(({ reward, emitted }) => (emitted ? formatNumber(reward) : 'no embed token')).join(', ');
  return (
    <li>
      <button
        type="button"
        className={`trace-entry${isPointed ? ' pointed' : ''}`}
        aria-current={current ? 'true' : undefined}
        {...pointsAt(step)}
        onClick={() => useSelection.getState().selectTrace({ step, query, kind, completion: null })}
      >
        <span className="mono trace-entry-query">{query}</span>
        <span className="trace-entry-facts">
          <span className="reward-dots" aria-hidden="true">
            {completions.map(({ reward, emitted, matches }, at) => (
              <span
                key={at}
                className={`reward-dot${emitted ? '' : ' cut'}${matches ? '' : ' faded'}`}
                style={{ '--reward': `${reward * 100}%` } as CSSProperties}
              />
            ))}
          </span>
          <span className="hidden-text">rewards {said}, </span>
          <span className="muted small">
            {plural(depth, 'hop')}
            {showStep && `, step ${step.toLocaleString('en')}`}
          </span>
        </span>
      </button>
    </li>
  );
}
