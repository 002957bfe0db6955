import { useEffect, useState } from 'react';
import type { RunCurves } from '../../../host/browser/api';
import { messageOf } from '../../../lib/errors';
import { lab } from '../../../store/lab';
import { usePreferences } from '../../../store/preferences';
import { readRuns } from '../../../store/run-list';
import {
  bandedLines,
  lossCurve,
  metricCurve,
  metricNames,
  scoreCurve,
  stageStarts,
  type Curve,
  type RunGroup,
} from '../../../view/compare-runs';
import { decimate } from '../../../view/decimate';
import { CHARTS } from '../../../view/chart-terms';
import { isReward, isWanted, metricInfo } from '../../../view/metrics';
import { smooth } from '../../../view/smooth';
import { ChartBar } from '../../charts/chart-bar';
import { ChartCard } from '../../charts/chart-card';
import type { ChartData } from '../../charts/chart-data';
import { MetricCharts } from '../../charts/metric-charts';
import { Swatch } from '../../charts/swatch';
import { ErrorNote } from '../../kit/error-note';
import { Reproduction } from './reproduction';

const BANDS = 'Bands span the seeds.';

/** Milliseconds between two reads of a running run. */
const READ_AGAIN_MS = 5000;
const BUCKETS = 600;

/** The lines' styles, which differ by dash as well as by colour. */
const LINES: readonly { color: string; dash: number[] }[] = [
  { color: '--reasoning', dash: [] },
  { color: '--direct', dash: [6, 3] },
  { color: '--relevant', dash: [2, 3] },
  { color: '--irrelevant', dash: [8, 2, 2, 2] },
  { color: '--other', dash: [4, 4] },
];

/** The runs' curves over each other, each named at its end and in the legend, however early it ended. */
export function CompareCurves({ groups }: { groups: readonly RunGroup[] }) {
  const { curves, error, round, again } = useCurves(groups);
  const smoothing = usePreferences((state) => state.smoothing);
  const [query, setQuery] = useState('');
  if (error !== null) {
    return (
      <ErrorNote what="reading of the curves" help={{ label: 'Try again', run: again }}>
        {`Their curves could not be read: ${error}`}
      </ErrorNote>
    );
  }
  if (!curves) return <p className="muted">Reading their curves.</p>;
  const total = Math.max(...groups.flatMap(({ runs }) => runs.map(({ run }) => run.totalSteps)));
  const common = { version: round, total };
  const chart = (read: (one: RunCurves) => Curve, weight = smoothing): ChartData =>
    chartOf(groups, curves, read, weight);
  const names = metricNames(curves.values());
  const main = [
    { title: CHARTS.evaluation.title, about: `${CHARTS.evaluation.about} Here with it, where the model reasons. ${BANDS}`, chart: chart(scoreCurve, 0), range: [0, 1] as const, empty: 'None of them was evaluated yet.', log: false }, // prettier-ignore
    { title: CHARTS.loss.title, about: `The total alone. ${metricInfo('loss').meaning} ${BANDS}`, chart: chart(lossCurve), range: undefined, empty: 'None of them has run a step yet.', log: true }, // prettier-ignore
    ...names.filter(isReward).map((name) => ({
      title: metricInfo(name).label,
      about: `${metricInfo(name).meaning} ${BANDS}`,
      chart: chart(metricCurve(name)),
      range: [0, 1] as const,
      empty: '',
      log: false,
    })),
  ].filter(({ title, about }) => isWanted(query, title, about));
  return (
    <>
      <Reproduction groups={groups} curves={curves} />
      <div className="charts">
        <ChartBar query={query} onQuery={setQuery}>
          <ul className="chart-key" aria-label="Lines">
            {groups.map(({ name }, at) => {
              const { color, dash } = LINES[at % LINES.length]!;
              return (
                <li key={at} className="legend">
                  <Swatch color={color} dash={dash} />
                  {name}
                </li>
              );
            })}
          </ul>
        </ChartBar>
        {main.length > 0 && (
          <div className="charts-main">
            {main.map(({ title, about, chart: data, range, empty, log }) => (
              <ChartCard
                key={title}
                {...common}
                title={title}
                about={about}
                chart={data}
                range={range}
                logToggle={log}
                empty={<p>{empty}</p>}
              />
            ))}
          </div>
        )}
        <MetricCharts {...common} names={names} query={query} chart={(name) => chart(metricCurve(name))} />
      </div>
    </>
  );
}

/** The curves of the runs, read again while one of them runs. */
function useCurves(groups: readonly RunGroup[]) {
  const [curves, setCurves] = useState<ReadonlyMap<string, RunCurves> | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const wanted = groups.flatMap(({ runs }) => runs.map(({ id }) => id)).join();
  const isGoing = groups.some(({ runs }) => runs.some(({ state }) => state === 'held'));
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
  const again = (): void => {
    setError(null);
    setRound((last) => last + 1);
  };
  return { curves, error, round, again };
}

function chartOf(
  groups: readonly RunGroup[],
  curves: ReadonlyMap<string, RunCurves>,
  read: (one: RunCurves) => Curve,
  smoothing: number,
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
  const begins = stageStarts(curves.values());
  const starts = new Set(Array.from(steps.keys()).filter((at) => begins.has(steps[at]!)));
  const shown = smoothing > 0 ? means.map((mean) => smooth(mean, smoothing, starts)) : means;
  const [places, ...drawn] = decimate(steps, [...shown, ...bounds, ...(smoothing > 0 ? means : [])], BUCKETS);
  const lineCount = means.length + bounds.length;
  return {
    series: groups.map(({ name }, at) => {
      const low = groups.length + 2 * banded.slice(0, at).filter(Boolean).length;
      const band = banded[at] ? { band: { low, high: low + 1 } } : {};
      return { label: name, endLabel: name, stays: true, ...LINES[at % LINES.length]!, width: 2, ...band };
    }),
    data: [places, ...drawn.slice(0, lineCount)],
    ...(smoothing > 0 ? { raw: drawn.slice(lineCount) } : {}),
    full: { header: ['step', ...groups.map(({ name }) => name)], columns: [steps, ...means] },
  };
}
