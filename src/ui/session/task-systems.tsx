import { formatDifference, formatScore, plural } from '../../view/format';
import type { SystemResults } from '../../view/tasks/task-page';
import { IntervalRows } from './interval-rows';

/** The system that the others are compared with. */
const BASE = 'BM25';
/** Collections whose names are written in capitals. */
const IN_CAPITALS = ['cisi', 'medline'];
const titled = (name: string): string =>
  IN_CAPITALS.includes(name) ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1);
/** Where an axis ends that shows all intervals: a tenth. */
const axisOf = (systems: SystemResults['systems']): number =>
  Math.ceil(10 * Math.max(...systems.map(({ high }) => high))) / 10;

/** Results of models beside BM25 on one collection: a point and its interval each, and all as a table. */
export function TaskSystems({ results }: { results: SystemResults }) {
  const { collection, systems, documents, queries, date, adapter, notes } = results;
  return (
    <section>
      <h4>On {titled(collection)}</h4>
      <p>
        {plural(documents, 'document')}; {plural(queries, 'query', 'queries')} that people wrote and judged, which no
        training saw.
      </p>
      <IntervalRows
        rows={systems.map((one) => ({ ...one, mark: markOf(one.name) }))}
        metric="nDCG@10"
        axis={axisOf(systems)}
      />
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
          {systems.map(({ name, value, low, high, over_bm25: over }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                {formatScore(value)}{' '}
                <span className="muted small">
                  [{formatScore(low)}, {formatScore(high)}]
                </span>
              </td>
              <td>
                {over && (
                  <>
                    {formatDifference(over.value)}{' '}
                    <span className="muted small">
                      [{formatDifference(over.low)}, {formatDifference(over.high)}]
                    </span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <p className="muted">
        Measured {date} on {adapter}, one seed. Intervals are 95% bootstraps over the queries.
      </p>
    </section>
  );
}

function markOf(name: string): 'reasoning' | 'direct' | 'lexical' {
  if (name === BASE || name.startsWith('MiniLM')) return 'lexical';
  return name.includes('taught') ? 'reasoning' : 'direct';
}
