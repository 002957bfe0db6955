import { definitionOf, type TaskName } from '../../config/tasks';
import type { Ways } from '../../view/session-words';
import './task.css';

const WITHOUT: Readonly<Record<Ways, string>> = {
  both: 'without',
  direct: 'without reasoning',
  filler: 'after filler words',
};

/** A task's example drawn: the two ways from a query to its document, or the one that a session knows. */
export function TwoWays({ task, ways = 'both' }: { task: TaskName; ways?: Ways }) {
  const { query, steps, document, meaning } = definitionOf(task).example;
  return (
    <figure className="two-ways">
      <div className="two-ways-picture">
        <p className="two-ways-end">
          <span>for example, this query</span>
          <code>{query}</code>
        </p>
        {ways === 'both' && (
          <p className="two-ways-path reasoning">
            <span>with reasoning</span>
            <span className="two-ways-line">
              {steps.map((step) => (
                <code key={step}>{step}</code>
              ))}
            </span>
          </p>
        )}
        <p className="two-ways-path direct">
          <span>{WITHOUT[ways]}</span>
          <span className="two-ways-line">
            <em>in one go</em>
          </span>
        </p>
        <p className="two-ways-end">
          <span>finds this document</span>
          <code>{document}</code>
        </p>
      </div>
      <figcaption>{meaning}</figcaption>
    </figure>
  );
}
