import { formatScore } from '../../view/format';
import type { TaskResults } from '../../view/tasks/task-page';
import './task.css';

/** A mark a run: colour and form, since colour alone is not for everybody. */
const MARKS: Readonly<Record<string, string>> = {
  reasoning: 'reasoning',
  'stage 2': 'stage-2',
  'before stage 2': 'stage-1',
  direct: 'direct',
};

/** Success@1 of each kind or depth of query: a line of marks from 0 to 1 each, and the same as a table for who cannot see. */
export function TaskParts({ parts: { names, runs } }: { parts: NonNullable<TaskResults['parts']> }) {
  return (
    <figure className="task-parts">
      <figcaption>
        <span>Success@1 by kind of query</span>
        {runs.map(({ label }) => (
          <span key={label} className="task-parts-key">
            <i className="task-mark" data-mark={MARKS[label]} aria-hidden="true" />
            {label}
          </span>
        ))}
      </figcaption>
      <div aria-hidden="true">
        {names.map((name, row) => (
          <div key={name} className="task-parts-row">
            <span>{name}</span>
            <div className="task-parts-track">
              {runs.map(({ label, values }) => (
                <i
                  key={label}
                  className="task-mark"
                  data-mark={MARKS[label]}
                  style={{ left: `${100 * (values[row] ?? 0)}%` }}
                  title={`${label}, ${name}: ${formatScore(values[row] ?? 0)}`}
                />
              ))}
            </div>
          </div>
        ))}
        <div className="task-parts-row task-parts-axis">
          <span />
          <div>
            <span>0</span>
            <span>0.5</span>
            <span>1</span>
          </div>
        </div>
      </div>
      <table className="hidden-text">
        <caption>Success@1 by kind of query</caption>
        <thead>
          <tr>
            <th scope="col">Queries</th>
            {runs.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, row) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {runs.map(({ label, values }) => (
                <td key={label}>{formatScore(values[row] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
