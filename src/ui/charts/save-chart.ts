import { save } from '../../store/save';
import { useToasts } from '../../store/toasts';
import { chartSvg } from '../../view/chart-svg';
import type { ChartData } from './chart-data';
import { createColors } from './colors';

const SIZE = { width: 900, height: 480 };
const PNG_SCALE = 2;

interface Saved {
  title: string;
  chart: ChartData;
  steps: readonly [from: number, to: number];
  /** Bounds of the values, as the page draws them. */
  range?: readonly [low: number, high: number] | undefined;
  log: boolean;
}

/** The chart as a picture file, in the page's colours as they are. */
export async function saveChart({ title, chart, ...shape }: Saved, format: 'svg' | 'png'): Promise<void> {
  const color = createColors(document.body);
  const series = chart.series.map((line) => ({
    label: line.label,
    color: color(line.color),
    dash: line.dash ?? [],
    width: line.width ?? 1.5,
    points: line.points ?? false,
    endLabel: line.endLabel,
    stays: line.stays ?? false,
    band: line.band,
  }));
  const colors = { text: color('--text'), muted: color('--muted'), line: color('--line'), background: color('--bg') };
  const svg = chartSvg({ title, series, data: chart.data, raw: chart.raw, ...shape, ...SIZE, colors });
  const file = new Blob([svg], { type: 'image/svg+xml' });
  try {
    save(`${title.replace(/[^\w@]+/g, '-').toLowerCase()}.${format}`, format === 'svg' ? file : await rasterise(file));
  } catch {
    useToasts.getState().say(`The browser could not make a picture of ${title}.`);
  }
}

async function rasterise(svg: Blob): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SIZE.width * PNG_SCALE;
    canvas.height = SIZE.height * PNG_SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!png) throw new Error('no picture');
    return png;
  } finally {
    URL.revokeObjectURL(url);
  }
}
