// Writes the figures of a benchmark into docs/performance.md, between two marks for each size; the text around them stays.

export const seconds = (ms) => (ms === null || ms === undefined ? '' : `${(ms / 1000).toFixed(2)} s`);
export const milliseconds = (ms) => (ms === null || ms === undefined ? '' : `${ms.toFixed(ms < 100 ? 1 : 0)} ms`);
const times = (peer, ours) => (peer && ours ? `${(peer / ours).toFixed(1)}×` : '');
export const titleOf = (result) => [result.title ?? result.contender, result.version].filter(Boolean).join(' ');

/** How many times as fast ours is, by a figure of a result; empty in our own row. */
export const fasterBy = (figureOf) => (result, ours) =>
  result === ours || !ours ? '' : times(figureOf(result), figureOf(ours));

/**
 * Makes the rows of a table, its head among them, from its columns: each has a head and what it says of a result beside
 * ours. Of a contender that did not get through they hold its title and what it said.
 */
const rowsBy = (columns, results) => {
  const ours = results.find(({ contender }) => contender === 'ours');
  const failed = (result) => [titleOf(result), `failed: ${result.error.split('\n')[0]}`];
  const cells = (result) => (result.error ? failed(result) : columns.map(([, cell]) => cell(result, ours)));
  const row = (result) =>
    Object.assign(
      columns.map(() => ''),
      cells(result),
    );
  return [columns.map(([head]) => head), ...results.map(row)];
};

/** A table as prettier lays it out. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

/**
 * `before` with the tables of `report`, size by size, in place of those it holds; a size that it does not hold is added at
 * its end. @param columns of the table, each a head and what it says of a result beside ours.
 */
export function documentTables(report, before, columns) {
  const { vendor, architecture, description } = report.adapter;
  const adapter = [vendor, architecture, description].filter(Boolean).join(' ');
  const sizes = [...new Set(report.results.map(({ size }) => size))];
  return sizes.reduce((text, size) => {
    const begin = `<!-- ${report.benchmark} ${size}: written by npm run bench -->`;
    const end = `<!-- ${report.benchmark} ${size}: end -->`;
    const results = report.results.filter((result) => result.size === size);
    const load = results.map((result) => result.load).join(', ');
    const facts = `\`${report.command}\`, ${report.date.slice(0, 10)}, commit ${report.commit}, ${report.browser}, adapter ${adapter}, ${report.cores} cores; load of the machine before each library: ${load}.`;
    const figures = `${begin}\n\n${facts}\n\n${table(rowsBy(columns, results))}\n\n${end}`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) return `${text.trimEnd()}\n\n${figures}\n`.trimStart();
    return text.slice(0, from) + figures + text.slice(to + end.length);
  }, before);
}
