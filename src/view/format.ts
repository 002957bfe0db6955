/** Formats numbers for the page: three significant digits, a unit, no false precision. */

const NARROW = '\u202f';

/** A number: `0.00412`, `2.31`, `48.2`, `1,230`, `2.4e-7`. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(1).replaceAll('-', '−').replace('e+', 'e');
  if (Number.isInteger(value) || size >= 1000) return Math.round(value).toLocaleString('en').replace('-', '−');
  const rounded = Number(value.toPrecision(3));
  return rounded.toFixed(digitsAfterPoint(Math.abs(rounded))).replace('-', '−');
}

/** A number at a chart's axis, with as few digits as make its ticks different. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return value.toExponential().replaceAll('-', '−').replace('e+', 'e');
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 }).replace('-', '−');
}

const digitsAfterPoint = (size: number): number => Math.max(0, 2 - Math.floor(Math.log10(size)));

/** A metric in [0, 1]: always three digits, so that columns line up. */
export const formatScore = (value: number): string => value.toFixed(3).replace('-', '−');

/** The difference of two scores, `+0.025`; `0.000` where no shown digit differs. */
export function formatDifference(value: number): string {
  const size = formatScore(Math.abs(value));
  if (size === formatScore(0)) return size;
  return `${value < 0 ? '−' : '+'}${size}`;
}

/** A share as `71 %`. */
export const formatPercent = (share: number): string => `${Math.round(share * 100)}${NARROW}%`;

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatCompact(bytes / 1000 ** power)}${NARROW}${BYTE_UNITS[power]}`;
}

/** A count of parameters or tokens: `0.16 M`, `38 k`, `412`. */
export function formatCount(count: number): string {
  if (count >= 1e9) return `${formatCompact(count / 1e9)}${NARROW}G`;
  if (count >= 1e5) return `${formatCompact(count / 1e6)}${NARROW}M`;
  if (count >= 1e4) return `${formatCompact(count / 1e3)}${NARROW}k`;
  return Math.round(count).toLocaleString('en');
}

const formatCompact = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));

/** A duration in milliseconds: `41 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${NARROW}s`;
  if (seconds < 3600) {
    const rest = seconds % 60;
    return `${Math.floor(seconds / 60)}${NARROW}min${rest > 0 ? ` ${rest}${NARROW}s` : ''}`;
  }
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}${NARROW}h ${minutes % 60}${NARROW}min`;
}

/** A setting's value as text. */
export function formatValue(value: number | boolean | string | readonly number[] | readonly string[]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  if (typeof value === 'number') return String(value).replace('-', '−');
  return value.join(', ');
}

/** A count with its noun: `1 step`, `3 steps`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

const AGO: readonly [size: number, unit: string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

/** The time since a moment in milliseconds since 1970: `just now`, `3 minutes ago`, `2 days ago`. */
export function formatAgo(moment: number, now = Date.now()): string {
  const ms = now - moment;
  const [size, unit] = AGO.find(([least]) => ms >= least) ?? [0, ''];
  return size === 0 ? 'just now' : `${plural(Math.floor(ms / size), unit)} ago`;
}
