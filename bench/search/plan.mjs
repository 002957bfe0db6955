// How exact search is measured beside its peers: a first search, which compiles, then some more.
import { documentTables, fasterBy, milliseconds, titleOf } from '../page/document.mjs';
import { firstThenMore } from '../page/measure.mjs';

/** Searches after the first: a slow peer's few are enough for a ratio. */
const SEARCHES = { ours: 15, 'jax-js': 1, 'jax-js-read': 5, tfjs: 2, 'tfjs-read': 5, javascript: 7 };

/** jax-js' `topK` sorts every row whole: what takes most of a minute over 5,000 documents is not waited for over 50,000. */
const LEFT_OUT = { large: ['jax-js'] };

async function measure({ page, pid, contender, size, quick, say }) {
  const { name: title } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const count = quick ? 1 : SEARCHES[contender];
  const { figures, walls } = await firstThenMore({ page, pid, say }, 'search', count);
  return { title, ...figures, searches_ms: walls, holds: true };
}

const COLUMNS = [
  ['library', titleOf],
  ['first search', (result) => milliseconds(result.first_ms)],
  ['later searches, median (count)', (result) => `${milliseconds(result.median_ms)} (${result.searches_ms.length})`],
  ['CPU time of one', (result) => milliseconds(result.cpu_ms)],
  ['ours is faster by', fasterBy((result) => result.median_ms)],
  ['by CPU time', fasterBy((result) => result.cpu_ms)],
];

const JAX = '@jax-js/jax';
const TFJS = '@tensorflow/tfjs-backend-webgpu';

export const plan = {
  sizes: ['small', 'large'],
  contenders: Object.keys(SEARCHES),
  packages: { 'jax-js': JAX, 'jax-js-read': JAX, tfjs: TFJS, 'tfjs-read': TFJS },
  leavesOut: (size, contender) => LEFT_OUT[size]?.includes(contender) ?? false,
  measure,
  document: (report, before) => documentTables(report, before, COLUMNS),
};
