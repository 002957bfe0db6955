// How the training step is measured beside its peers: the first step, which compiles, then some more.
import { documentTables, fasterBy, seconds, titleOf } from '../page/document.mjs';
import { median, round, withCpu } from '../page/measure.mjs';

/** Steps after the first, by contender and size: a slow peer's few are enough for a ratio, and take minutes as it is. */
const LATER_STEPS = {
  ours: { small: 5, big: 3 },
  'jax-js': { small: 2, big: 1 },
  tfjs: { small: 1, big: 1 },
};

/** The first loss is that of a model that knows nothing, within 2%, and a repeated batch makes it fall. */
function learns(losses) {
  const nothing = Math.log(512);
  return Math.abs(losses[0] - nothing) < 0.02 * nothing && losses.at(-1) < losses[0] - 0.05;
}

async function measure({ page, pid, contender, size, quick, say }) {
  const { name: title, parameters } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const later = quick ? 1 : LATER_STEPS[contender][size];
  const steps = [];
  for (let i = 0; i <= later; i++) {
    const { result: wall, cpu } = await withCpu(pid, () => page.evaluate(() => globalThis.bench.step()));
    steps.push({ wall, cpu });
    say(`  step ${i + 1}: ${wall.toFixed(0)} ms${cpu === null ? '' : `, ${cpu} ms of CPU`}`);
  }
  const losses = await page.evaluate(() => globalThis.bench.close());
  const [first, ...rest] = steps;
  const cpus = rest.map(({ cpu }) => cpu);
  return {
    title,
    parameters,
    first_ms: round(first.wall),
    first_cpu_ms: first.cpu,
    median_ms: round(median(rest.map(({ wall }) => wall))),
    median_cpu_ms: cpus.includes(null) ? null : median(cpus),
    steps_ms: rest.map(({ wall }) => round(wall)),
    losses,
    holds: learns(losses),
  };
}

const COLUMNS = [
  ['library', titleOf],
  ['first step', (result) => seconds(result.first_ms)],
  ['later steps, median (count)', (result) => `${seconds(result.median_ms)} (${result.steps_ms.length})`],
  ['their CPU time', (result) => seconds(result.median_cpu_ms)],
  ['ours is faster by', fasterBy((result) => result.median_ms)],
  ['by CPU time', fasterBy((result) => result.median_cpu_ms)],
  [
    'loss, first → last (steps)',
    (result) => `${result.losses[0].toFixed(3)} → ${result.losses.at(-1).toFixed(3)} (${result.losses.length})`,
  ],
  ['parameters', (result) => result.parameters.toLocaleString('en')],
];

export const plan = {
  sizes: ['small', 'big'],
  contenders: Object.keys(LATER_STEPS),
  packages: { 'jax-js': '@jax-js/jax', tfjs: '@tensorflow/tfjs-backend-webgpu' },
  measure,
  document: (report, before) => documentTables(report, before, COLUMNS),
};
