import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTick } from '../../view/format';
import { spreadLabels } from '../../view/line-labels';
import type { Aligned } from '../../view/decimate';
import type { ChartData } from './chart-data';
import { createColors, withAlpha } from './colors';

export interface PlotOptions {
  height: number;
  log: boolean;
  small: boolean;
  /** From the first step to the last that is shown: the width of every chart, so that all line up. */
  steps: readonly [from: number, to: number];
  /** Fixed bounds of the values; otherwise they follow the data. */
  range?: readonly [low: number, high: number] | undefined;
}

const SYNC = 'steps';
/** uPlot declares it as an enum that has no value at run time. */
const LOGARITHMIC = { distr: 3 };
const FONT = '12px system-ui, sans-serif';
const LABEL_ROOM = 96;

export function createPlot(
  host: HTMLElement,
  { series, data }: ChartData,
  {
    log,
    small,
    steps,
    range,
    height,
    step,
    onSelect,
  }: PlotOptions & {
    step: () => number | null;
    onSelect: (from: number, to: number) => void;
  },
): UPlot {
  const color = createColors(host);
  const labelled = series.some(({ endLabel }) => endLabel !== undefined);
  // Kept free in every large chart, so that those that stand in one column line up.
  const room = !small && host.clientWidth > 320 ? LABEL_ROOM : 12;
  const axis: UPlot.Axis = {
    font: FONT,
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  // The lines first, then the invisible bounds of their bands.
  const bands: UPlot.Band[] = [];
  const bounds: UPlot.Series[] = [];
  series.forEach(({ band, color: name }) => {
    if (!band) return;
    bands.push({ series: [band.high + 1, band.low + 1], fill: withAlpha(color(name), 0.14) });
    bounds.push({ stroke: 'transparent', width: 0, points: { show: false } }, { stroke: 'transparent', width: 0, points: { show: false } }); // prettier-ignore
  });

  return new UPlot(
    {
      width: Math.max(80, host.clientWidth),
      height,
      padding: [8, room, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: SYNC, scales: ['x', null] },
        drag: { x: true, y: false, setScale: false, dist: 6 },
        points: { size: 6 },
        y: false,
      },
      scales: {
        x: { time: false, range: () => [steps[0], Math.max(steps[0] + 1, steps[1])] },
        y: Object.assign<UPlot.Scale, object>(
          range ? { range: (): [number, number] => [range[0], range[1]] } : {},
          log ? LOGARITHMIC : {},
        ),
      },
      axes: [
        { ...axis, size: 24, gap: 4, space: small ? 60 : 80, grid: { show: false } },
        {
          ...axis,
          size: 48,
          gap: 4,
          space: small ? 24 : 32,
          values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatTick(tick))),
        },
      ],
      series: [
        { label: 'step' },
        ...series.map(({ label, color: name, dash, width = 1.5, points = false }): UPlot.Series => ({
          label,
          stroke: color(name),
          width,
          ...(dash && dash.length > 0 ? { dash } : {}),
          gaps: widened,
          points: { show: points, size: 5, fill: color(name) },
        })),
        ...bounds,
      ],
      bands,
      hooks: {
        setCursor: [
          (plot) => {
            const { left = -1 } = plot.cursor;
            // What a reader of the page, a journey too, can hold against the step that is pointed at.
            if (left < 0) delete host.dataset['pointed'];
            else host.dataset['pointed'] = String(Math.round(plot.posToVal(left, 'x')));
          },
        ],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width <= 0) return;
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            onSelect(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          },
        ],
        draw: [
          (plot) => {
            drawStep(plot, step(), color('--accent'));
            if (labelled && room === LABEL_ROOM) drawEndLabels(plot, series, color);
          },
        ],
      },
    },
    forPlot(data),
    host,
  );
}

/** A gap of one step can be thinner than the line that it cuts. */
const widened: Extract<UPlot.Series.GapsRefiner, (...args: never[]) => unknown> = (_plot, _series, _from, _to, gaps) =>
  gaps.map(([from, to]) => [from - 2 * devicePixelRatio, to + 2 * devicePixelRatio]);

/** uPlot knows a gap as null. */
export const forPlot = ([steps, ...columns]: Aligned): UPlot.AlignedData => [
  steps,
  ...columns.map((column) => Array.from(column, (value) => (Number.isFinite(value) ? value : null))),
];

/** The step that the page holds. */
function drawStep(plot: UPlot, step: number | null, stroke: string): void {
  if (step === null) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(step, 'x', true));
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([]);
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

function drawEndLabels(plot: UPlot, series: ChartData['series'], color: (name: string) => string): void {
  const ends = series.flatMap(({ endLabel, color: name }, at) => {
    const values = plot.data[at + 1];
    const steps = plot.data[0];
    if (endLabel === undefined || !values) return [];
    // A line that ended earlier has lost its place to others.
    const i = values.length - 1;
    const value = values[i];
    if (value !== null && value !== undefined) {
      return [{ text: endLabel, fill: color(name), x: plot.valToPos(steps[i]!, 'x', true), y: plot.valToPos(value, 'y', true) }]; // prettier-ignore
    }
    return [];
  });
  const { ctx, bbox } = plot;
  const line = 15 * devicePixelRatio;
  const places = spreadLabels(
    ends.map(({ y }) => y),
    line,
    bbox.top + line / 2,
    bbox.top + bbox.height - line / 2,
  );
  ctx.save();
  ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ends.forEach(({ text, fill, x }, at) => {
    ctx.fillStyle = fill;
    ctx.fillText(text, x + 8 * devicePixelRatio, places[at]!);
  });
  ctx.restore();
}
