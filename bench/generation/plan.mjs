// How generation is measured beside its peer: a first one, which compiles, then some more.
import { documentTables, failedRow, milliseconds, times, titleOf } from '../page/document.mjs';
import { median, round, withCpu } from '../page/measure.mjs';

/** Generations after the first, by size. */
const LATER = { 'kin-quick': 15, larger: 5 };

async function measure({ page, pid, contender, size, quick, say }) {
  const { name: title, tokens } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const count = quick ? 1 : LATER[size];
  const [first] = await page.evaluate(() => globalThis.bench.generate(1));
  const { result: walls, cpu } = await withCpu(pid, () => page.evaluate((n) => globalThis.bench.generate(n), count));
  say(`  ${walls.map((wall) => wall.toFixed(0)).join(', ')} ms after ${first.toFixed(0)}, ${cpu} ms of CPU in all`);
  const wrong = await page.evaluate(() => globalThis.bench.close());
  if (wrong !== null) throw new Error(wrong);
  return {
    title,
    tokens,
    first_ms: round(first),
    median_ms: round(median(walls)),
    cpu_ms: cpu === null ? null : round(cpu / count),
    generations_ms: walls.map(round),
    holds: true,
  };
}

const HEAD = [
  'library',
  'first',
  'later ones, median (count)',
  'tokens a second',
  'CPU time of one',
  'ours is faster by',
  'by CPU time',
];

function rowsOf(results) {
  const ours = results.find(({ contender }) => contender === 'ours');
  const row = (result) =>
    result.error
      ? failedRow(result, HEAD.length)
      : [
          titleOf(result),
          milliseconds(result.first_ms),
          `${milliseconds(result.median_ms)} (${result.generations_ms.length})`,
          Math.round((result.tokens / result.median_ms) * 1000).toLocaleString('en'),
          milliseconds(result.cpu_ms),
          result === ours ? '' : times(result.median_ms, ours?.median_ms),
          result === ours ? '' : times(result.cpu_ms, ours?.cpu_ms),
        ];
  return [HEAD, ...results.map(row)];
}

export const plan = {
  sizes: ['kin-quick', 'larger'],
  contenders: ['ours', 'jax-js'],
  packages: { 'jax-js': '@jax-js/jax' },
  measure,
  document: (report, before) => documentTables(report, before, rowsOf),
};
