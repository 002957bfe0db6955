// Writes the figures of a run into docs/performance.md, between two marks for each size; the text around them stays.
const begin = (size) => `<!-- training-step ${size}: written by npm run bench -->`;
const end = (size) => `<!-- training-step ${size}: end -->`;

const seconds = (ms) => (ms === null || ms === undefined ? '' : `${(ms / 1000).toFixed(2)} s`);
const times = (peer, ours) => (peer && ours ? `${(peer / ours).toFixed(1)}×` : '');

function row(result, ours) {
  const title = [result.title ?? result.contender, result.version].filter(Boolean).join(' ');
  if (result.error) return [title, `failed: ${result.error.split('\n')[0]}`, '', '', '', '', '', ''];
  const isOurs = result === ours;
  return [
    title,
    seconds(result.first_ms),
    `${seconds(result.median_ms)} (${result.steps_ms.length})`,
    seconds(result.median_cpu_ms),
    isOurs ? '' : times(result.median_ms, ours?.median_ms),
    isOurs ? '' : times(result.median_cpu_ms, ours?.median_cpu_ms),
    `${result.losses[0].toFixed(3)} → ${result.losses.at(-1).toFixed(3)} (${result.losses.length})`,
    result.parameters.toLocaleString('en'),
  ];
}

const HEAD = [
  'library',
  'first step',
  'later steps, median (count)',
  'their CPU time',
  'ours is faster by',
  'by CPU time',
  'loss, first → last (steps)',
  'parameters',
];

/** A table as prettier lays it out. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

/** `before` with the figures of `report`, size by size, in place of those it holds. */
export function documentTrainingStep(report, before) {
  const { vendor, architecture, description } = report.adapter;
  const adapter = [vendor, architecture, description].filter(Boolean).join(' ');
  const sizes = [...new Set(report.results.map(({ size }) => size))];
  return sizes.reduce((text, size) => {
    const results = report.results.filter((result) => result.size === size);
    const ours = results.find(({ contender }) => contender === 'ours');
    const load = results.map((result) => result.load).join(', ');
    const facts = `\`${report.command}\`, ${report.date.slice(0, 10)}, commit ${report.commit}, ${report.browser}, adapter ${adapter}, ${report.cores} cores; load of the machine before each library: ${load}.`;
    const figures = `${begin(size)}\n\n${facts}\n\n${table([HEAD, ...results.map((result) => row(result, ours))])}\n\n${end(size)}`;
    const from = text.indexOf(begin(size));
    const to = text.indexOf(end(size));
    if (from < 0 || to < from) return `${text.trimEnd()}\n\n${figures}\n`.trimStart();
    return text.slice(0, from) + figures + text.slice(to + end(size).length);
  }, before);
}
