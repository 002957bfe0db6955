// How graphs are measured beside their peers: a build, then searches as narrow as the recall allows.
import { documentTables, fasterBy, milliseconds, seconds, titleOf } from '../page/document.mjs';
import { median, round, withCpu } from '../page/measure.mjs';

/** Builds of each; the median counts. A large one takes most of a minute. */
const BUILDS = { small: 3, large: 1 };
/** Searches of all queries that are timed, after as many that are not: a JIT compiler learns on those. */
const SEARCHES = 60;
/** What a search must find of the nearest documents. */
const RECALL = 0.99;

async function measure({ page, pid, contender, size, quick, say }) {
  const { name: title } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const builds = [];
  for (let i = 0; i < (quick ? 1 : BUILDS[size]); i++) {
    const { result: wall, cpu } = await withCpu(pid, () => page.evaluate(() => globalThis.bench.build()));
    builds.push({ wall, cpu });
    say(`  built in ${wall.toFixed(0)} ms, ${cpu} ms of CPU`);
  }
  const found = await page.evaluate((least) => globalThis.bench.narrowest(least), RECALL);
  if (found === null) throw new Error(`no search finds ${RECALL} of the nearest documents`);
  const count = quick ? 5 : SEARCHES;
  const search = () => page.evaluate(([ef, n]) => globalThis.bench.search(ef, n), [found.ef, count]);
  await search();
  const { result: walls, cpu } = await withCpu(pid, search);
  await page.evaluate(() => globalThis.bench.close());
  say(`  ef ${found.ef}: recall ${found.recall.toFixed(4)}, ${median(walls).toFixed(2)} ms`);
  const cpus = builds.map((build) => build.cpu);
  return {
    title,
    build_ms: round(median(builds.map(({ wall }) => wall))),
    build_cpu_ms: cpus.includes(null) ? null : median(cpus),
    builds: builds.length,
    ...found,
    median_ms: Math.round(median(walls) * 100) / 100,
    cpu_ms: cpu === null ? null : Math.round((cpu / count) * 100) / 100,
    searches: count,
    holds: true,
  };
}

const COLUMNS = [
  ['library', titleOf],
  ['build, median (count)', (result) => `${seconds(result.build_ms)} (${result.builds})`],
  ['its CPU time', (result) => seconds(result.build_cpu_ms)],
  ['ours is faster by', fasterBy((result) => result.build_cpu_ms ?? result.build_ms)],
  ['narrowest search, recall@10', (result) => `ef ${result.ef}, ${result.recall.toFixed(4)}`],
  ['64 queries, median (count)', (result) => `${milliseconds(result.median_ms)} (${result.searches})`],
  ['their CPU time', (result) => milliseconds(result.cpu_ms)],
  ['ours is faster by', fasterBy((result) => result.cpu_ms ?? result.median_ms)],
];

export const plan = {
  sizes: ['small', 'large'],
  contenders: ['ours', 'hnswlib-wasm'],
  packages: { 'hnswlib-wasm': 'hnswlib-wasm' },
  measure,
  document: (report, before) => documentTables(report, before, COLUMNS),
};
