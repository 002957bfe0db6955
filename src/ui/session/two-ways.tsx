import { TASK_EXAMPLES } from '../../config/task-examples';
import type { TaskName } from '../../config/tasks';

/** A task's example drawn: the two ways from a query to its document. */
export function TwoWays({ task }: { task: TaskName }) {
  const { query, steps, document, meaning } = TASK_EXAMPLES[task];
  return (
    <figure className="two-ways">
      <div className="two-ways-picture">
        <p className="two-ways-end">
          <span>for example, this query</span>
          <code>{query}</code>
        </p>
        <p className="two-ways-path reasoning">
          <span>with reasoning</span>
          <span className="two-ways-line">
            {steps.map((step) => (
              <code key={step}>{step}</code>
            ))}
          </span>
        </p>
        <p className="two-ways-path direct">
          <span>without</span>
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
