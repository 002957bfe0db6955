import { useEffect, useState } from 'react';
import type { RunCurves } from '../../../host/browser/api';
import { lab, messageOf } from '../../../store/lab';
import { readRuns } from '../../../store/run-list';
import { ARMS } from '../../../view/arms';
import {
  armsOf,
  bandedLines,
  estimate,
  formatEstimate,
  formatGap,
  groupRuns,
  lossCurve,
  scoreCurve,
  settingRows,
  type Curve,
  type ReadableRun,
  type RunGroup,
} from '../../../view/compare-runs';
import { ChartCard } from '../../charts/chart-card';
import type { ChartData } from '../../charts/chart-data';
import { Reproduction } from './reproduction';

/** Between two looks at a run that goes on. */
const READ_AGAIN_MS = 5000;

/** Told apart by dash as well as by colour. */
const LINES: readonly { color: string; dash: number[] }[] = [
  { color: '--reasoning', dash: [] },
  { color: '--direct', dash: [6, 3] },
  { color: '--relevant', dash: [2, 3] },
  { color: '--irrelevant', dash: [8, 2, 2, 2] },
  { color: '--other', dash: [4, 4] },
];

export function Compare({ runs, onClose }: { runs: readonly ReadableRun[]; onClose: () => void }) {
  const groups = groupRuns(runs);
  return (
    <div className="view-body compare">
      <div className="compare-head">
        <h1>Compare</h1>
        <button type="button" className="button" onClick={onClose}>
          Back to the runs
        </button>
      </div>
      <Settings groups={groups} />
      <Results groups={groups} />
      <Curves groups={groups} key={runs.map(({ id }) => id).join()} />
    </div>
  );
}

function Settings({ groups }: { groups: readonly RunGroup[] }) {
  const rows = settingRows(groups);
  return (
    <section aria-labelledby="compare-settings">
      <h2 id="compare-settings">What differs in their sessions</h2>
      {rows.length === 0 ? (
        <p className="muted">
          {groups.length === 1 ? 'Nothing but the seed: they are runs of one session.' : 'Nothing.'}
        </p>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Settings that differ">
          <table>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {groups.map(({ name }, at) => (
                  <th key={at} scope="col" className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ path, label, values }) => (
                <tr key={path}>
                  <th scope="row" title={path}>
                    {label}
                  </th>
                  {values.map((value, at) => (
                    <td key={at} className="number">
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Results({ groups }: { groups: readonly RunGroup[] }) {
  const arms = armsOf(groups);
  if (arms.length === 0) return <p className="muted">None of them has finished: there is no final result yet.</p>;
  return (
    <section aria-labelledby="compare-results">
      <h2 id="compare-results">Final nDCG@10</h2>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Final results">
        <table>
          <thead>
            <tr>
              <td />
              {groups.map(({ name }, at) => (
                <th key={at} scope="col" className="number">
                  {name}
                </th>
              ))}
              {groups.slice(1).map(({ name }, at) => (
                <th key={at} scope="col" className="number">
                  {groups.length > 2 ? `${name} − first` : 'difference'}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {arms.map((arm) => {
              const found = groups.map((group) => estimate(group, arm));
              const [first, ...others] = found;
              return (
                <tr key={arm}>
                  <th scope="row" title={ARMS[arm].meaning}>
                    {ARMS[arm].label}
                  </th>
                  {found.map((one, at) => (
                    <td key={at} className="number">
                      {one ? formatEstimate(one) : '–'}
                    </td>
                  ))}
                  {others.map((one, at) => (
                    <td key={at} className="number">
                      {first && one ? formatGap(first, one) : '–'}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="muted small">
        In brackets 95 % intervals: what the test queries leave open, and the spread over seeds where a session ran with
        several. Differences take the runs for independent.
      </p>
    </section>
  );
}

function Curves({ groups }: { groups: readonly RunGroup[] }) {
  const [curves, setCurves] = useState<ReadonlyMap<string, RunCurves> | null>(null);
  const [error, setError] = useState<string | null>(null);
  const ids = groups.flatMap(({ runs }) => runs.map(({ id }) => id));
  const wanted = ids.join();
  const isGoing = groups.some(({ runs }) => runs.some(({ state }) => state === 'held'));
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!isGoing) return;
    const timer = setInterval(() => {
      setRound((last) => last + 1);
      void readRuns();
    }, READ_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isGoing]);
  useEffect(() => {
    let isGone = false;
    const read = (id: string) => lab.ask(async (client) => [id, await client.runs.curves(id)] as const);
    Promise.all(wanted.split(',').map(read)).then(
      (found) => !isGone && setCurves(new Map(found)),
      (reason: unknown) => !isGone && setError(messageOf(reason)),
    );
    return () => {
      isGone = true;
    };
    // And once more when the last of them has ended.
  }, [wanted, round, isGoing]);

  if (error !== null) return <p className="callout error">Their curves could not be read: {error}.</p>;
  if (!curves) return <p className="muted">Reading their curves.</p>;
  const chart = (read: (one: RunCurves) => Curve): ChartData => chartOf(groups, curves, read);
  const total = Math.max(...groups.flatMap(({ runs }) => runs.map(({ run }) => run.totalSteps)));
  const common = { version: round, total };
  return (
    <>
      <Reproduction groups={groups} curves={curves} />
      <div className="charts-main">
        <ChartCard
          {...common}
          title="Held-out nDCG@10"
          about="How well held-out queries find their document, with reasoning where the model reasons; bands span the seeds."
          chart={chart(scoreCurve)}
          range={[0, 1]}
          empty={<p>None of them was evaluated yet.</p>}
        />
        <ChartCard
          {...common}
          title="Loss"
          about="What is minimised; bands span the seeds."
          chart={chart(lossCurve)}
          logToggle
          empty={<p>None of them has run a step yet.</p>}
        />
      </div>
    </>
  );
}

function chartOf(
  groups: readonly RunGroup[],
  curves: ReadonlyMap<string, RunCurves>,
  read: (one: RunCurves) => Curve,
): ChartData {
  const all = groups.map(({ runs }) =>
    runs.flatMap(({ id }) => {
      const found = curves.get(id);
      return found ? [read(found)] : [];
    }),
  );
  const { steps, lines } = bandedLines(all);
  const banded = groups.map(({ runs }) => runs.length > 1);
  const bounds = lines.filter((_, at) => banded[at]).flatMap(({ low, high }) => [low, high]);
  const means = lines.map(({ mean }) => mean);
  return {
    series: groups.map(({ name }, at) => {
      const low = groups.length + 2 * banded.slice(0, at).filter(Boolean).length;
      const band = banded[at] ? { band: { low, high: low + 1 } } : {};
      return { label: name, ...LINES[at % LINES.length]!, width: 2, ...band };
    }),
    data: [steps, ...means, ...bounds],
    full: { header: ['step', ...groups.map(({ name }) => name)], columns: [steps, ...means] },
  };
}
