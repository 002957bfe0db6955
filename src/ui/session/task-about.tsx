import { use } from 'react';
import type { TaskName } from '../../config/tasks';
import { formatDifference, formatScore, plural } from '../../view/format';
import { taskPage, type TaskResults } from '../../view/tasks/task-page';
import { IntervalRows } from './interval-rows';
import { TaskParts } from './task-parts';
import { TaskSystems } from './task-systems';
import { TwoWays } from './two-ways';
import './task.css';

/**
 * The text on a task: what it is, how it could be cheated, what a good result is, what was measured, and whose data it
 * uses.
 */
export default function TaskAbout({ task }: { task: TaskName }) {
  const { about, cheats, good, sources, results, figure, systems, larger, references } = use(taskPage(task));
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
      {systems.length > 0 && (
        <section>
          <h3>What was measured</h3>
          {systems.map((one) => (
            <TaskSystems key={one.collection} results={one} />
          ))}
        </section>
      )}
      {results && <Measured results={results} figure={figure} />}
      {larger !== '' && (
        <section>
          <h3>With a larger model</h3>
          <p>{larger}</p>
        </section>
      )}
      {references.length > 0 && (
        <section>
          <h3>What others found</h3>
          <ul className="task-list">
            {references.map(({ title, arxiv, says }) => (
              <li key={arxiv}>
                <a href={`https://arxiv.org/abs/${arxiv}`} target="_blank" rel="noreferrer">
                  {title}
                </a>{' '}
                ({arxiv}) {says}
              </li>
            ))}
          </ul>
        </section>
      )}
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
  const { means, parts, bm25, adapter, date, base, difference, intervals } = results;
  const counted = means.some(({ queries }) => queries !== undefined);
  return (
    <section>
      <h3>What was measured</h3>
      {means.length === 0 ? (
        <p className="muted">Nothing yet: run one of its presets.</p>
      ) : (
        <>
          {difference && (
            <p>
              Reasoning gains <strong>{formatDifference(difference.mean)}</strong> over embedding at once, 95%{' '}
              {formatDifference(difference.low)} to {formatDifference(difference.high)}:{' '}
              {plural(difference.queries, 'query', 'queries')} of {difference.clusters},{' '}
              {plural(difference.seeds, 'seed')}.
            </p>
          )}
          {parts ? <TaskParts parts={parts} /> : <IntervalRows rows={means.map(rowOf)} metric="Success@1" axis={1} />}
          <table className="task-figures">
            <caption>{figure}</caption>
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Seeds</th>
                {counted && <th scope="col">Queries</th>}
                <th scope="col">Mean</th>
                <th scope="col">95%</th>
              </tr>
            </thead>
            <tbody>
              {means.map(({ label, seeds, queries, headline, low, high }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>{seeds}</td>
                  {counted && <td>{queries}</td>}
                  <td>{formatScore(headline)}</td>
                  <td>
                    {formatScore(low)} to {formatScore(high)}
                  </td>
                </tr>
              ))}
              {bm25 && (
                <>
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
                </>
              )}
            </tbody>
          </table>
          <p className="muted">
            Measured {date} on {adapter}.{' '}
            {intervals ?? 'The interval is the widest of the seeds’, each a bootstrap over countries.'}
            {base && (
              <>
                {' '}
                Every run began from {base.name} (SHA-256 <code title={base.sha256}>{base.sha256.slice(0, 12)}</code>).
              </>
            )}
          </p>
        </>
      )}
    </section>
  );
}

const rowOf = ({ label, headline, low, high }: TaskResults['means'][number]) => {
  const mark = label === 'reasoning' ? 'reasoning' : label === 'direct' ? 'direct' : 'lexical';
  return { name: label, value: headline, low, high, mark } as const;
};
