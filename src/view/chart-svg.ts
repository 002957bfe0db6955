import type { Aligned } from './decimate';
import { formatTick } from './format';
import { fitted, spreadLabels } from './line-labels';

// Draws a chart as an SVG file, for saving.

export interface SvgSeries {
  label: string;
  /** The line's colour, in any form that CSS knows. */
  color: string;
  dash: readonly number[];
  width: number;
  /** Whether to draw a dot at each value. */
  points?: boolean;
  /** The label at the line's end; where the line `stays`, also at an end before those of the others. */
  endLabel?: string | undefined;
  stays?: boolean;
  /** Columns of the data (without the steps, from 0) that bound a band around the series. */
  band?: { low: number; high: number } | undefined;
}

export interface SvgChart {
  title: string;
  series: readonly SvgSeries[];
  data: Aligned;
  /** The values before smoothing, which are drawn faintly behind the smoothed lines. */
  raw?: readonly Float64Array[] | undefined;
  /** The first and the last step. */
  steps: readonly [from: number, to: number];
  /** Bounds of the values; absent where they follow the data. */
  range?: readonly [low: number, high: number] | undefined;
  log: boolean;
  width: number;
  height: number;
  colors: { text: string; muted: string; line: string; background: string };
}

const MARGIN = { left: 56, right: 16, top: 52, bottom: 32 };
/** Pixels at the right for labels at the lines' ends. */
const LABEL_ROOM = 112;
const LABEL_HEIGHT = 15;
/** The average width of a letter, in pixels. */
const LETTER = 7;

/** A chart as a whole SVG file: title, legend, axes and paths from the data, in vectors. */
export function chartSvg(chart: SvgChart): string {
  const { title, series, data, raw = [], steps, width, height, colors, log } = chart;
  const [low, high] = bounds(chart);
  const scale = (value: number): number => (log ? Math.log10(value) : value);
  const span = scale(high) - scale(low) || 1;
  const right = width - (series.some(({ endLabel }) => endLabel !== undefined) ? LABEL_ROOM : MARGIN.right);
  const bottom = height - MARGIN.bottom;
  const x = (step: number): number =>
    MARGIN.left + ((step - steps[0]) / Math.max(1, steps[1] - steps[0])) * (right - MARGIN.left);
  const y = (value: number): number => bottom - ((scale(value) - scale(low)) / span) * (bottom - MARGIN.top);
  const [places, ...columns] = data;
  const isDrawn = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value) && (!log || value > 0);

  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colors.background}"/>`,
    `<text x="${MARGIN.left}" y="18" font-size="14" font-weight="600" fill="${colors.text}">${escaped(title)}</text>`,
  ];
  for (const tick of log ? powers(low, high) : evenTicks(low, high, 5)) {
    parts.push(
      `<line x1="${MARGIN.left}" x2="${right}" y1="${round(y(tick))}" y2="${round(y(tick))}" stroke="${colors.line}"/>`,
      `<text x="${MARGIN.left - 6}" y="${round(y(tick) + 4)}" text-anchor="end" fill="${colors.muted}">${formatTick(tick)}</text>`,
    );
  }
  for (const tick of evenTicks(steps[0], steps[1], 6)) {
    parts.push(`<text x="${round(x(tick))}" y="${bottom + 18}" text-anchor="middle" fill="${colors.muted}">${formatTick(tick)}</text>`); // prettier-ignore
  }
  const plane = `x="${MARGIN.left}" y="${MARGIN.top}" width="${right - MARGIN.left}" height="${bottom - MARGIN.top}"`;
  parts.push(`<clipPath id="plane"><rect ${plane}/></clipPath>`, '<g clip-path="url(#plane)">');
  const pathOf = (column: Float64Array): string => {
    let path = '';
    let isPenDown = false;
    for (let i = 0; i < places.length; i++) {
      const value = column[i];
      if (!isDrawn(value)) {
        isPenDown = false;
        continue;
      }
      path += `${isPenDown ? 'L' : 'M'}${round(x(places[i]!))} ${round(y(value))}`;
      isPenDown = true;
    }
    return path;
  };
  for (const { band, color } of series) {
    const [bandLow, bandHigh] = [columns[band?.low ?? -1], columns[band?.high ?? -1]];
    if (!bandLow || !bandHigh) continue;
    const inside = Array.from(places.keys()).filter((i) => isDrawn(bandLow[i]) && isDrawn(bandHigh[i]));
    const edge = (column: Float64Array, at: readonly number[]): string[] =>
      at.map((i) => `${round(x(places[i]!))} ${round(y(column[i]!))}`);
    if (inside.length > 1) {
      parts.push(`<path d="M${[...edge(bandHigh, inside), ...edge(bandLow, inside.toReversed())].join('L')}Z" fill="${color}" fill-opacity="0.14"/>`); // prettier-ignore
    }
  }
  raw.forEach((column, at) => {
    parts.push(`<path d="${pathOf(column)}" stroke="${series[at]!.color}" stroke-opacity="0.3" fill="none"/>`);
  });
  series.forEach(({ color, dash, width: stroke, points = false }, at) => {
    const column = columns[at];
    if (!column) return;
    const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
    parts.push(`<path d="${pathOf(column)}" fill="none" stroke="${color}" stroke-width="${stroke}"${dashes}/>`);
    if (!points) return;
    places.forEach((step, i) => {
      const value = column[i];
      if (isDrawn(value))
        parts.push(`<circle cx="${round(x(step))}" cy="${round(y(value))}" r="2.5" fill="${color}"/>`);
    });
  });
  parts.push('</g>');
  const ends = series.flatMap(({ endLabel, stays = false, color }, at) => {
    const column = columns[at];
    const newest = places.length - 1;
    const end = column?.findLastIndex((value, i) => isDrawn(value) && (!stays || places[i]! <= steps[1])) ?? -1;
    if (endLabel === undefined || !column || end < 0 || (end < newest && !stays)) return [];
    return [{ text: endLabel, color, x: x(places[end]!) + 8, y: y(column[end]!) }];
  });
  const heights = ends.map(({ y: wanted }) => wanted);
  const labelled = spreadLabels(heights, LABEL_HEIGHT, MARGIN.top + LABEL_HEIGHT / 2, bottom - LABEL_HEIGHT / 2);
  ends.forEach(({ text, color, x: from }, at) => {
    const shown = fitted(text, width - from, (part) => LETTER * part.length);
    parts.push(`<text x="${round(from)}" y="${round(labelled[at]! + 4)}" font-weight="600" fill="${color}" stroke="${colors.background}" stroke-width="4" stroke-linejoin="round" paint-order="stroke">${escaped(shown)}</text>`); // prettier-ignore
  });
  let left = MARGIN.left;
  for (const { label, color, dash } of series) {
    const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
    parts.push(
      `<line x1="${left}" x2="${left + 16}" y1="34" y2="34" stroke="${color}" stroke-width="2"${dashes}/>`,
      `<text x="${left + 21}" y="38" fill="${colors.text}">${escaped(label)}</text>`,
    );
    left += 40 + LETTER * label.length;
  }
  parts.push('</svg>');
  return parts.join('\n');
}

function bounds({
  range,
  data: [places, ...columns],
  raw = [],
  series,
  steps,
  log,
}: SvgChart): readonly [number, number] {
  if (range) return range;
  let low = Infinity;
  let high = -Infinity;
  for (const column of [...columns.slice(0, series.length), ...raw]) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (places[i]! < steps[0] || places[i]! > steps[1] || !Number.isFinite(value) || (log && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return log ? [1, 10] : [0, 1];
  if (low === high) return log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
  const room = log ? 0 : 0.05 * (high - low);
  return [low - room, high + room];
}

/** About `count` round numbers between two others. */
export function evenTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw)! * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

function powers(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(low)); power <= Math.log10(high); power++) ticks.push(10 ** power);
  return ticks.length > 1 ? ticks : [low, high];
}

const round = (x: number): number => Math.round(x * 10) / 10;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
