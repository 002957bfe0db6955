import { formatDifference, formatScore, plural } from '../../view/format';
import type { SystemResults } from '../../view/tasks/task-page';

const AXIS = 0.6;
/** What the others are held against. */
const BASE = 'BM25';
const at = (value: number): string => `${(100 * Math.min(1, value / AXIS)).toFixed(1)}%`;

/** What a model of somebody's documents alone reached beside BM25: a point and its interval each, and all as a table. */
export function TaskSystems({ results }: { results: SystemResults }) {
  const { systems, documents, queries, date, adapter } = results;
  return (
    <section>
      <h3>What was measured</h3>
      <p>
        On Cranfield, abstracts on aerodynamics: learnt from its {plural(documents, 'document')} alone, evaluated on{' '}
        {plural(queries, 'query', 'queries')} that people wrote and judged.
      </p>
      <div className="task-parts" aria-hidden="true">
        {systems.map((system) => (
          <SystemRow key={system.name} {...system} />
        ))}
        <div className="task-parts-row task-systems-row task-parts-axis">
          <span />
          <div>
            <span>0</span>
            <span>nDCG@10</span>
            <span>{AXIS}</span>
          </div>
        </div>
      </div>
      <table className="task-figures">
        <caption>nDCG@10, and how far over BM25’s</caption>
        <thead>
          <tr>
            <th scope="col">System</th>
            <th scope="col">nDCG@10</th>
            <th scope="col">Over BM25</th>
          </tr>
        </thead>
        <tbody>
          {systems.map(({ name, value, ci95, over_bm25: over }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                {formatScore(value)} <span className="muted small">[{ci95.map(formatScore).join(', ')}]</span>
              </td>
              <td>
                {name !== BASE && (
                  <>
                    {formatDifference(over.value)}{' '}
                    <span className="muted small">[{over.ci95.map(formatDifference).join(', ')}]</span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">
        Measured {date} on {adapter}. Intervals are bootstraps over the queries.
      </p>
    </section>
  );
}

function SystemRow({ name, value, ci95 }: SystemResults['systems'][number]) {
  return (
    <div className="task-parts-row task-systems-row">
      <span>{name}</span>
      <div className="task-parts-track">
        <i className="task-interval" style={{ left: at(ci95[0]), right: `calc(100% - ${at(ci95[1])})` }} />
        <i className="task-mark" data-mark={markOf(name)} style={{ left: at(value) }} />
      </div>
    </div>
  );
}

function markOf(name: string): string {
  if (name === BASE) return 'lexical';
  return name.includes('reasoning') ? 'reasoning' : 'direct';
}
