import { formatPercent } from '../../../view/format';
import { budgetOf } from '../../../view/graph/phases';
import { Explained } from '../../kit/explained';
import type { Refresh } from '../../../view/graph/history';

/** A bar of all documents by what the step did with them, to scale. */
export function BudgetRuler({ refresh, documents }: { refresh: Refresh | undefined; documents: number }) {
  const { reencoded, compensated, untouched } = refresh
    ? budgetOf(refresh, documents)
    : { reencoded: 0, compensated: 0, untouched: documents };
  const parts = [
    { id: 'reencoded', label: 're-encoded', about: 'reencoded', count: reencoded },
    { id: 'compensated', label: 'compensated', about: 'compensation', count: compensated },
    { id: 'untouched', label: 'untouched', about: 'untouched', count: untouched },
  ] as const;
  return (
    <div className="budget">
      <div className="budget-bar" aria-hidden="true">
        {parts.map(({ id, count }) => (
          <i key={id} className={id} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="budget-words" aria-label="Documents">
        {parts.map(({ id, label, about, count }) => (
          <li key={id}>
            <i className={`key ${id}`} aria-hidden="true" />
            <strong>{count.toLocaleString('en')}</strong> <Explained id={about}>{label}</Explained>{' '}
            <span className="muted">{formatPercent(count / Math.max(1, documents))}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
