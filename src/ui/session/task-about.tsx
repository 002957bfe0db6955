import { use } from 'react';
import type { TaskName } from '../../config/tasks';
import { formatScore } from '../../view/format';
import { taskPage, type TaskResults } from '../../view/tasks/task-page';
import { TaskParts } from './task-parts';
import { TaskSystems } from './task-systems';
import { TwoWays } from './two-ways';

/** What a task is, how it could be cheated, what a good result is, what was measured, and whose data it is. */
export default function TaskAbout({ task }: { task: TaskName }) {
  const { about, cheats, good, sources, results, figure, systems } = use(taskPage(task));
  return (
    <>
      {about.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <TwoWays task={task} />
      <section>
        <h3>A good result</h3>
        <List items={good} />
      </section>
      {systems && <TaskSystems results={systems} />}
      {results && <Measured results={results} figure={figure} />}
      <section>
        <h3>How it could be cheated</h3>
        <List items={cheats} />
      </section>
      {sources.length > 0 && (
        <section>
          <h3>Whose data it is</h3>
          <ul className="task-list">
            {sources.map(({ package: name, version, licence, holder, gives }) => (
              <li key={name}>
                <strong>{name}</strong> {version}, {licence}. {holder}. <span className="muted">It gives {gives}.</span>
              </li>
            ))}
          </ul>
          <p className="muted">
            Names, borders and capitals are as these packages have them; nothing here takes sides about them.
          </p>
        </section>
      )}
    </>
  );
}

function List({ items }: { items: readonly string[] }) {
  return (
    <ul className="task-list">
      {items.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Measured({ results, figure }: { results: TaskResults; figure: string }) {
  const { means, parts, bm25, adapter, date } = results;
  return (
    <section>
      <h3>What was measured</h3>
      {means.length === 0 ? (
        <p className="muted">Nothing yet: run one of its presets.</p>
      ) : (
        <>
          <TaskParts parts={parts} />
          <table className="task-figures">
            <caption>{figure}</caption>
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Seeds</th>
                <th scope="col">Mean</th>
                <th scope="col">95%</th>
              </tr>
            </thead>
            <tbody>
              {means.map(({ label, seeds, headline, low, high }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>{seeds}</td>
                  <td>{formatScore(headline)}</td>
                  <td>
                    {formatScore(low)} to {formatScore(high)}
                  </td>
                </tr>
              ))}
              <tr>
                <th scope="row">BM25</th>
                <td />
                <td>{formatScore(bm25.query)}</td>
                <td />
              </tr>
              <tr>
                <th scope="row">BM25, right reasoning added</th>
                <td />
                <td>{formatScore(bm25.with)}</td>
                <td />
              </tr>
            </tbody>
          </table>
          <p className="muted">
            Measured {date} on {adapter}. The interval is the widest of the seeds’, each a bootstrap over countries.
          </p>
        </>
      )}
    </section>
  );
}
