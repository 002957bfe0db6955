// How exact search is measured beside its peers: a first search, which compiles, then some more.
import { documentTables, failedRow, milliseconds, times, titleOf } from '../page/document.mjs';
import { median, round, withCpu } from '../page/measure.mjs';

/** Searches after the first: a slow peer's few are enough for a ratio. */
const SEARCHES = { ours: 15, 'jax-js': 1, 'jax-js-read': 5, tfjs: 2, 'tfjs-read': 5, javascript: 7 };

/** jax-js' `topK` sorts every row whole: what takes most of a minute over 5,000 documents is not waited for over 50,000. */
const LEFT_OUT = { large: ['jax-js'] };

async function measure({ page, pid, contender, size, quick, say }) {
  const { name: title } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const count = quick ? 1 : SEARCHES[contender];
  const [first] = await page.evaluate(() => globalThis.bench.search(1));
  const { result: walls, cpu } = await withCpu(pid, () => page.evaluate((n) => globalThis.bench.search(n), count));
  say(`  ${walls.map((wall) => wall.toFixed(0)).join(', ')} ms after ${first.toFixed(0)}, ${cpu} ms of CPU in all`);
  const wrong = await page.evaluate(() => globalThis.bench.close());
  if (wrong !== null) throw new Error(wrong);
  return {
    title,
    first_ms: round(first),
    median_ms: round(median(walls)),
    cpu_ms: cpu === null ? null : round(cpu / count),
    searches_ms: walls.map(round),
    holds: true,
  };
}

const HEAD = [
  'library',
  'first search',
  'later searches, median (count)',
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
          `${milliseconds(result.median_ms)} (${result.searches_ms.length})`,
          milliseconds(result.cpu_ms),
          result === ours ? '' : times(result.median_ms, ours?.median_ms),
          result === ours ? '' : times(result.cpu_ms, ours?.cpu_ms),
        ];
  return [HEAD, ...results.map(row)];
}

const JAX = '@jax-js/jax';
const TFJS = '@tensorflow/tfjs-backend-webgpu';

export const plan = {
  sizes: ['small', 'large'],
  contenders: Object.keys(SEARCHES),
  packages: { 'jax-js': JAX, 'jax-js-read': JAX, tfjs: TFJS, 'tfjs-read': TFJS },
  leavesOut: (size, contender) => LEFT_OUT[size]?.includes(contender) ?? false,
  measure,
  document: (report, before) => documentTables(report, before, rowsOf),
};
