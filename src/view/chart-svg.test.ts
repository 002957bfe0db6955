import { describe, expect, test } from 'vitest';
import { chartSvg, evenTicks, type SvgChart } from './chart-svg';
import { smooth } from './smooth';

const chart: SvgChart = {
  title: 'Loss <of> "all"',
  series: [
    { label: 'total', color: '#111111', dash: [], width: 2, band: { low: 2, high: 3 } },
    { label: 'KL & co', color: '#222222', dash: [4, 2], width: 1 },
  ],
  data: [
    Float64Array.of(1, 2, 3, 4, 5),
    Float64Array.of(4, 3, NaN, 2, 1),
    Float64Array.of(1, 1, 1, 1, 0),
    Float64Array.of(3, 2, NaN, 1, 1),
    Float64Array.of(5, 4, NaN, 3, 1),
  ],
  steps: [1, 5],
  log: false,
  width: 400,
  height: 200,
  colors: { text: '#000000', muted: '#666666', line: '#dddddd', background: '#ffffff' },
};
const paths = (svg: string): string[] => [...svg.matchAll(/<path d="([^"]*)" fill="none"/g)].map(([, d]) => d!);

describe('chartSvg', () => {
  test('draws each series through its values, with a gap where there is none', () => {
    const [total] = paths(chartSvg({ ...chart, range: [0, 4] }));
    // The plane reaches from 56 to 384 and from 168 up to 52.
    expect(total).toBe('M56 52L138 81M302 110L384 139');
    expect(chartSvg(chart).match(/fill-opacity/g)).toHaveLength(1);
  });
  test('is a whole file whose words cannot break it', () => {
    const svg = chartSvg(chart);
    expect(svg).toContain('<title>Loss &lt;of&gt; &quot;all&quot;</title>');
    expect(svg).toContain('KL &amp; co');
    expect(svg).toContain('stroke-dasharray="4 2"');
    expect([svg.startsWith('<svg xmlns'), svg.endsWith('</svg>')]).toEqual([true, true]);
  });
  test('agrees with the page: what was smoothed lies faintly behind, ends are named, nothing leaves the plane', () => {
    const [steps, total, other] = chart.data;
    const named = chart.series.map((series, at) => ({
      ...series,
      endLabel: `run ${at}`,
      stays: true,
      points: at === 1,
    }));
    const ended = Float64Array.of(1, 1, 1, NaN, NaN);
    const svg = chartSvg({ ...chart, series: named, data: [steps, total!, ended, ended, ended], raw: [other!] });
    expect(svg).toMatch(/stroke-opacity="0.3"[^]*fill="none" stroke="#111111"/);
    expect(svg.match(/<circle /g)).toHaveLength(3);
    // One ends at the plane's edge, the other in its middle, where its line does.
    const labels = [...svg.matchAll(/<text x="(\d+)"[^>]*paint-order[^>]*>([^<]*)/g)].map(([, x, text]) => [text, x]);
    expect(labels).toEqual([
      ['run 0', '296'],
      ['run 1', '180'],
    ]);
    expect(svg).toContain('<g clip-path="url(#plane)">');
  });
  test('leaves out what a logarithm has no place for', () => {
    const [, other] = paths(chartSvg({ ...chart, log: true }));
    expect(other!.match(/[ML]/g)).toHaveLength(4);
    expect(chartSvg({ ...chart, log: true })).not.toContain('NaN');
  });
});

test('ticks are round numbers within the bounds', () => {
  expect(evenTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(evenTicks(1, 480, 6)).toEqual([100, 200, 300, 400]);
});

test('smoothing is a mean that starts without bias, keeps gaps and begins anew', () => {
  const out = smooth(Float64Array.of(2, 2, NaN, 2, 10), 0.5, new Set([4]));
  expect(out).toEqual(Float64Array.of(2, 2, NaN, 2, 10));
  const [first, second] = smooth(Float64Array.of(0, 1), 0.5);
  expect([first, second]).toEqual([0, 1 / 1.5]);
  expect(smooth(Float64Array.of(3, 1, 2), 0)).toEqual(Float64Array.of(3, 1, 2));
});
