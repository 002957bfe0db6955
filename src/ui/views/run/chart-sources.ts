import type { MetricStreams } from '../../../store/streams';
import type { Arm } from '../../../records/records';
import { ARM_ORDER, ARMS } from '../../../view/arms';
import { decimate, withGaps, type Aligned } from '../../../view/decimate';
import { isLossTerm, metricInfo } from '../../../view/metrics';
import { smooth } from '../../../view/smooth';
import type { ChartData, ChartSeries } from '../../charts/chart-data';

const BUCKETS = 600;

const OTHER_STYLE = { color: '--warn', dash: [3, 2] };

/** The chart of some metrics by name, as they are now. */
export function metricChart(
  streams: MetricStreams,
  names: readonly string[],
  style: (name: string) => Omit<ChartSeries, 'label'>,
  smoothing = 0,
): ChartData {
  const present = names.filter((name) => streams.column(name) !== undefined);
  const columns = present.map((name) => streams.column(name)!);
  const series = present.map((name): ChartSeries => ({ label: metricInfo(name).label, ...style(name) }));
  const starts = streams.stageStarts();
  const drawn = (values: readonly Float64Array[]): Aligned =>
    withGaps(decimate(streams.steps(), values, BUCKETS), starts);
  const full = { header: ['step', ...present], columns: [streams.steps(), ...columns] };
  if (smoothing === 0) return { series, data: drawn(columns), full };
  // Every step counts, also where more of them are drawn than there are points.
  const begins = new Set(starts.map((step) => streams.indexOf(step)));
  const smoothed = columns.map((column) => smooth(column, smoothing, begins));
  const [steps, ...all] = drawn([...smoothed, ...columns]);
  return { series, data: [steps, ...all.slice(0, columns.length)], raw: all.slice(columns.length), full };
}

export const lossChart = (streams: MetricStreams, smoothing = 0): ChartData =>
  metricChart(
    streams,
    streams.names().filter(isLossTerm),
    (name) => ({
      ...(metricInfo(name).line ?? OTHER_STYLE),
      width: name === 'loss' ? 2 : 1.25,
      endLabel: metricInfo(name).label,
    }),
    smoothing,
  );

/** One metric of every arm at each evaluation, with the interval where there is one. */
export function evaluationChart(streams: MetricStreams): ChartData {
  const points = streams.evaluations;
  const arms = ARM_ORDER.filter((arm) => points.some((point) => point.arms[arm]));
  const column = (read: (arm: Arm, at: number) => number | undefined, arm: Arm): Float64Array =>
    Float64Array.from(points, (_, at) => read(arm, at) ?? NaN);
  const steps = Float64Array.from(points, ({ step }) => step);
  const values = arms.map((arm) => column((name, at) => points[at]!.arms[name]?.ndcg_cut_10, arm));
  const bounds = arms.map((arm) =>
    ([0, 1] as const).map((end) => column((name, at) => points[at]!.arms[name]?.ci95.ndcg_cut_10?.[end], arm)),
  );
  const data: Aligned = [steps, ...values, ...bounds.flat()];
  return {
    series: arms.map((arm, at) => ({
      label: ARMS[arm].label,
      endLabel: ARMS[arm].label,
      color: ARMS[arm].color,
      dash: ARMS[arm].dash,
      points: true,
      width: 2,
      band: { low: arms.length + 2 * at, high: arms.length + 2 * at + 1 },
    })),
    data,
    full: {
      header: ['step', ...arms, ...arms.flatMap((arm) => [`${arm} low`, `${arm} high`])],
      columns: [steps, ...values, ...bounds.flat()],
    },
  };
}
