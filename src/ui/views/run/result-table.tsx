import { useState } from 'react';
import type { ArmResult, MetricName, Split } from '../../../records/records';
import { useRun } from '../../../store/run';
import { ARM_ORDER, ARMS } from '../../../view/arms';
import { METRICS } from '../../../view/benchmark';
import { formatPercent, formatScore } from '../../../view/format';
import { estimateOf, FEW_QUERIES, formatInterval } from '../../../view/score';
import { Explained } from '../../kit/explained';
import './run.css';

/** The result of a finished run: every arm, every metric, by depth. */
export function ResultTable() {
  const found = useRun((state) => (state.status === 'finished' ? state.result : null));
  const [chosen, setChosen] = useState<Split>('test');
  if (!found) return null;
  const { evaluation, fingerprint } = found;
  const split = evaluation[chosen] ? chosen : 'dev';
  const arms = evaluation[split];
  if (!arms) return null;
  const present = ARM_ORDER.flatMap((arm) => (arms[arm] ? [{ arm, result: arms[arm] }] : []));
  const headline = present.find(({ result }) => result.headline)?.result.headline;
  const depths = [...new Set(present.flatMap(({ result }) => Object.keys(result.by_depth)))].sort();

  return (
    <section className="result" aria-label="Result">
      <div className="result-head">
        <h2>Result</h2>
        <div role="group" aria-label="Split" className="button-row">
          {(['test', 'dev'] as const).map(
            (name) =>
              evaluation[name] && (
                <button
                  key={name}
                  type="button"
                  className="tool"
                  aria-pressed={name === split}
                  onClick={() => setChosen(name)}
                >
                  {name}
                </button>
              ),
          )}
        </div>
        <span className="muted">
          fingerprint <code title={fingerprint}>{fingerprint.slice(0, 12)}</code>
        </span>
      </div>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={`Result on the ${split} queries`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{present[0]?.result.queries ?? 0} queries</th>
              {headline && (
                <th scope="col" className="number">
                  <Explained id="success_1">Headline Success@1</Explained>
                </th>
              )}
              {METRICS.map(({ name, label }) => (
                <th key={name} scope="col" className="number">
                  <Explained id={name}>{label}</Explained>
                </th>
              ))}
              {depths.map((depth) => (
                <th key={depth} scope="col" className="number">
                  <Explained id="hop">
                    nDCG, {depth} {depth === '1' ? 'hop' : 'hops'}
                  </Explained>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {present.map(({ arm, result }) => (
              <tr key={arm}>
                <th scope="row">
                  <span className="arm-dot" style={{ background: `var(${ARMS[arm].color})` }} aria-hidden="true" />
                  <Explained id={`arm/${arm}`}>{ARMS[arm].label}</Explained>
                </th>
                {headline && (
                  <td className="number">
                    {result.headline && formatScore(result.headline.success_1)}
                    {result.headline && <Interval result={result.headline} name="success_1" />}
                  </td>
                )}
                {METRICS.map(({ name }) => (
                  <td key={name} className="number" title={exact(result, name)}>
                    {formatScore(result[name])}
                    {name === 'ndcg_cut_10' && <Interval result={result} name={name} />}
                  </td>
                ))}
                {depths.map((depth) => (
                  <td key={depth} className="number">
                    {result.by_depth[depth] ? formatScore(result.by_depth[depth].ndcg_cut_10) : '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {headline && (
        <p className="muted">
          The headline is over the {headline.queries} queries that the task counts; its interval is bootstrapped over{' '}
          {headline.clusters} groups of queries that belong together.
        </p>
      )}
      <Quality arms={present} />
    </section>
  );
}

const exact = (result: ArmResult, name: MetricName): string => {
  const interval = result.ci95[name];
  return interval ? `${result[name]}, 95 % interval ${interval[0]} to ${interval[1]}` : String(result[name]);
};

function Interval({ result, name }: { result: Pick<ArmResult, MetricName | 'ci95' | 'queries'>; name: MetricName }) {
  const estimate = estimateOf([result], name);
  return estimate && <span className="interval"> {formatInterval(estimate)}</span>;
}

/** The quality of the reasoning itself, where the task can judge it, and how sure the scores are. */
function Quality({ arms }: { arms: readonly { arm: string; result: ArmResult }[] }) {
  const result = arms.find(({ arm }) => arm === 'reasoning')?.result;
  const emitted = result?.emission_rate;
  return (
    <p className="muted">
      {result?.trace_accuracy !== undefined && (
        <>
          The reasoning is right, word for word, in {formatPercent(result.trace_accuracy)} of the queries
          {emitted !== undefined && ` and reaches the embed token in ${formatPercent(emitted)}`}.{' '}
        </>
      )}
      {arms.some(({ result: { queries } }) => queries < FEW_QUERIES)
        ? `Fewer than ${FEW_QUERIES} queries leave too much open for an interval.`
        : 'Intervals are 95 %, by bootstrap.'}
    </p>
  );
}
