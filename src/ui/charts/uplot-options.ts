import UPlot from 'uplot';
import { formatTick } from '../../view/format';
import { fitted, spreadLabels } from '../../view/line-labels';
import type { ChartData } from './chart-data';
import { createColors, withAlpha } from './colors';

export interface PlotOptions {
  height: number;
  log: boolean;
  small: boolean;
  /** The first and the last step shown: the width of every chart, so that all line up. */
  steps: readonly [from: number, to: number];
  /** Fixed bounds of the values; otherwise they follow the data. */
  range?: readonly [low: number, high: number] | undefined;
}

const SYNC = 'steps';
/** uPlot declares it as an enum that has no value at run time. */
const LOGARITHMIC = { distr: 3 };
const FONT = '12px system-ui, sans-serif';
const LABEL_ROOM = 104;

/** Draws a chart with uPlot in the page's style. */
export function createPlot(
  host: HTMLElement,
  chart: ChartData,
  {
    log,
    small,
    steps,
    range,
    height,
    step,
    onSelect,
    onScale,
  }: PlotOptions & {
    step: () => number | null;
    onSelect: (from: number, to: number) => void;
    /** Called with the bounds of the values as they are drawn. */
    onScale: (low: number, high: number) => void;
  },
): UPlot {
  const { series, raw = [] } = chart;
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
  // What smoothed lines were before lies under them; after the lines come the invisible bounds of their bands.
  const first = 1 + raw.length;
  const bands: UPlot.Band[] = [];
  const bounds: UPlot.Series[] = [];
  series.forEach(({ band, color: name }) => {
    if (!band) return;
    bands.push({ series: [band.high + first, band.low + first], fill: withAlpha(color(name), 0.14) });
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
        ...raw.map((_, at): UPlot.Series => {
          const { label, color: name } = series[at]!;
          return { label, stroke: withAlpha(color(name), 0.3), width: 1, gaps: widened, points: { show: false } };
        }),
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
            if (labelled && room === LABEL_ROOM) drawEndLabels(plot, series, first, color);
            const { min, max } = plot.scales['y'] ?? {};
            if (min !== undefined && max !== undefined) onScale(min, max);
          },
        ],
      },
    },
    forPlot(chart),
    host,
  );
}

/** A gap of one step can be thinner than the line that it cuts. */
const widened: Extract<UPlot.Series.GapsRefiner, (...args: never[]) => unknown> = (_plot, _series, _from, _to, gaps) =>
  gaps.map(([from, to]) => [from - 2 * devicePixelRatio, to + 2 * devicePixelRatio]);

/**
 * The columns as uPlot takes them, which knows a gap as null.
 * @param before what it was given last, and is overwritten: a page draws dozens of charts several times a second, and arrays of
 *   that many points, made and dropped each time, leave its memory in pieces.
 */
export function forPlot(
  { data: [steps, ...columns], raw = [] }: Pick<ChartData, 'data' | 'raw'>,
  before?: UPlot.AlignedData,
): UPlot.AlignedData {
  const filled = [...raw, ...columns].map((column, i) => {
    const into = before?.[i + 1];
    const values: (number | null | undefined)[] = Array.isArray(into) ? into : [];
    values.length = column.length;
    for (const [at, value] of column.entries()) values[at] = Number.isFinite(value) ? value : null;
    return values;
  });
  return [steps, ...filled];
}

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

function drawEndLabels(plot: UPlot, series: ChartData['series'], first: number, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const ends = series.flatMap(({ endLabel, stays = false, color: name }, at) => {
    const values = plot.data[at + first];
    if (endLabel === undefined || !values) return [];
    const place = endOf(plot.data[0], values, stays, plot.scales['x']?.max ?? Infinity);
    if (place === null) return [];
    const x = plot.valToPos(plot.data[0][place]!, 'x', true);
    return [{ text: endLabel, fill: color(name), x, y: plot.valToPos(values[place]!, 'y', true) }];
  });
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
  // A line that ended earlier is named within the plane, over those that continue.
  ctx.strokeStyle = color('--bg');
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ends.forEach(({ text, fill, x }, at) => {
    const left = x + 8 * devicePixelRatio;
    const shown = fitted(text, ctx.canvas.width - left, (part) => ctx.measureText(part).width);
    ctx.strokeText(shown, left, places[at]!);
    ctx.fillStyle = fill;
    ctx.fillText(shown, left, places[at]!);
  });
  ctx.restore();
}

/** The place of a line's label: at its newest value, or, where it `stays`, at the last one shown. */
function endOf(
  steps: ArrayLike<number>,
  values: ArrayLike<number | null | undefined>,
  stays: boolean,
  shownTo: number,
): number | null {
  const last = values.length - 1;
  for (let at = last; at >= (stays ? 0 : last); at--) {
    const value = values[at];
    if (value !== null && value !== undefined && (!stays || steps[at]! <= shownTo)) return at;
  }
  return null;
}
