// How generation is measured beside its peer: a first one, which compiles, then some more.
import { documentTables, fasterBy, milliseconds, titleOf } from '../page/document.mjs';
import { firstThenMore } from '../page/measure.mjs';

/** Generations after the first, by size. */
const LATER = { 'kin-quick': 15, larger: 5 };

async function measure({ page, pid, contender, size, quick, say }) {
  const { name: title, tokens } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const count = quick ? 1 : LATER[size];
  const { figures, walls } = await firstThenMore({ page, pid, say }, 'generate', count);
  return { title, tokens, ...figures, generations_ms: walls, holds: true };
}

const COLUMNS = [
  ['library', titleOf],
  ['first', (result) => milliseconds(result.first_ms)],
  ['later ones, median (count)', (result) => `${milliseconds(result.median_ms)} (${result.generations_ms.length})`],
  ['tokens a second', (result) => Math.round((result.tokens / result.median_ms) * 1000).toLocaleString('en')],
  ['CPU time of one', (result) => milliseconds(result.cpu_ms)],
  ['ours is faster by', fasterBy((result) => result.median_ms)],
  ['by CPU time', fasterBy((result) => result.cpu_ms)],
];

export const plan = {
  sizes: ['kin-quick', 'larger'],
  contenders: ['ours', 'jax-js'],
  packages: { 'jax-js': '@jax-js/jax' },
  measure,
  document: (report, before) => documentTables(report, before, COLUMNS),
};
