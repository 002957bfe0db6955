import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { usePreferences } from '../../store/preferences';
import { pointAt, pointAway, useHover } from '../../store/hover';
import { useSelection } from '../../store/selection';
import { streams } from '../../store/streams';
import { useMedia } from '../kit/use-media';
import { goToStep } from '../frame/timeline-steps';
import type { ChartData } from './chart-data';
import { cancelDraw, queueDraw } from './frame-queue';
import { resetZoom, zoomTo } from '../../store/zoom';
import { createPlot, forPlot, type PlotOptions } from './uplot-options';
import './plot.css';

interface PlotProps extends PlotOptions {
  chart: ChartData;
  /** Changes when `chart` has new values. */
  version: number;
  /** Called with the bounds of the values as they are drawn. */
  onScale?: (low: number, high: number) => void;
}

/** The one place that knows uPlot: draws `chart`, follows size, theme and the step in view, and shares its crosshair. */
export function Plot({ chart, version, height, log, small, steps, range, onScale }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(chart);
  const theme = usePreferences((state) => state.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const held = useSelection((state) => state.step);
  const [first, last] = steps;
  const shape = [...chart.series.map(({ label }) => label), chart.raw?.length ?? 0].join('|');
  const scaled = useRef(onScale);

  useEffect(() => {
    latest.current = chart;
    scaled.current = onScale;
  }, [chart, onScale]);

  // A new set of series, another scale or another theme makes a new plot.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const [from, to] = [first, last];
    const step = (): number | null => useSelection.getState().step;
    let isDragged = false;
    const onSelect = (a: number, b: number): void => {
      isDragged = true;
      zoomTo(a, b);
    };
    const told = (low: number, high: number): void => scaled.current?.(low, high);
    const options = { height, log, small, steps: [from, to] as const, range, step, onSelect, onScale: told };
    const made = createPlot(element, latest.current, options);
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) made.setSize({ width: entry.contentRect.width, height });
    });
    observer.observe(element);
    const onClick = (): void => {
      // The end of a drag is a click too.
      const wasDragged = isDragged;
      isDragged = false;
      if (wasDragged) return;
      const { left } = made.cursor;
      if (left !== undefined && left >= 0) goToStep(made.posToVal(left, 'x'));
    };
    const onMove = (event: MouseEvent): void => {
      const left = event.clientX - made.over.getBoundingClientRect().left;
      pointAt(made.posToVal(left, 'x'), streams.lastStep(), 'chart');
    };
    // The other charts follow by themselves.
    const stopFollowing = useHover.subscribe(({ step: pointed, from: source }) => {
      if (pointed !== null && source === 'chart') return;
      const left = pointed === null ? -10 : made.valToPos(pointed, 'x');
      made.setCursor({ left, top: pointed === null ? -10 : 0 });
    });
    made.over.addEventListener('mousemove', onMove);
    made.over.addEventListener('mouseleave', pointAway);
    made.over.addEventListener('click', onClick);
    made.over.addEventListener('dblclick', resetZoom);
    return () => {
      observer.disconnect();
      stopFollowing();
      cancelDraw(made);
      plot.current = null;
      made.destroy();
    };
  }, [shape, height, log, small, first, last, range, theme, dark]);

  useEffect(() => {
    const made = plot.current;
    if (made) queueDraw(made, () => made.setData(forPlot(latest.current, made.data)));
  }, [version, chart]);

  useEffect(() => {
    const made = plot.current;
    if (made) queueDraw(made, () => made.redraw(false));
  }, [held]);

  return <div ref={host} className="plot" style={{ height }} />;
}
