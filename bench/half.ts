/**
 * Compares products of halves with products of floats (`model.fp16`): kin-quick as a whole on three seeds, each trained
 * in both. Resumable, as bench/kin.ts.
 *
 *   node scripts/bench.mjs half            runs what is missing under runs/, then writes the results
 *   node scripts/bench.mjs half --tables   writes docs/results/half.json and its part of docs/performance.md from the runs there
 */
import { writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { COMPUTE, type Compute } from '../src/config/compute';
import { intoDocument } from './into-document';
import { adapterName, figure, figuresOf, isDone, jsonLines, mean, runMissing, type LongRun } from './long-runs';
import { today } from './record';
import { isSmall } from './small';

const SEEDS = isSmall ? [1] : [1, 2, 3];
const ARMS = ['reasoning', 'direct'] as const;

const runOf = (seed: number, compute: Compute): LongRun => ({
  name: `half-${seed}-${compute}`,
  session: 'kin-quick',
  set: [`seed=${seed}`, ...(compute === 'f32' ? [] : ['model.fp16=true'])],
});

// Both runs of a seed follow each other, so that the finished runs are pairs.
if (!process.argv.includes('--tables')) {
  for (const seed of SEEDS) runMissing(COMPUTE.map((compute) => runOf(seed, compute)));
}

const lineSchema = v.object({
  stage: v.string(),
  loss_scale: v.optional(v.number()),
  skipped_steps: v.optional(v.number()),
  grad_norm: v.optional(v.number()),
});

/** What a run scored on the test split, and how its steps went. */
function resultOf(seed: number, compute: Compute) {
  const run = runOf(seed, compute);
  const { commit, arms } = figuresOf(run.name);
  const lines = jsonLines(`runs/${run.name}/metrics.jsonl`).map((line) => v.parse(lineSchema, line));
  const scales = lines.flatMap(({ loss_scale }) => loss_scale ?? []);
  return {
    seed,
    compute,
    set: run.set,
    commit,
    ndcg_cut_10: Object.fromEntries(ARMS.map((arm) => [arm, arms[arm]?.ndcg_cut_10 ?? NaN])),
    ci95: Object.fromEntries(ARMS.map((arm) => [arm, arms[arm]?.ci95.ndcg_cut_10])),
    trace_accuracy: arms['reasoning']?.trace_accuracy,
    queries: arms['reasoning']?.queries ?? 0,
    steps: lines.length,
    skipped: lines.filter(({ grad_norm }) => grad_norm === undefined).length,
    loss_scale: scales.length > 0 ? { least: Math.min(...scales), most: Math.max(...scales) } : null,
  };
}
type Result = ReturnType<typeof resultOf>;

const pairs = SEEDS.filter((seed) => COMPUTE.every((compute) => isDone(runOf(seed, compute).name))).map((seed) => ({
  seed,
  f32: resultOf(seed, 'f32'),
  f16: resultOf(seed, 'f16'),
}));
if (pairs.length === 0) throw new Error('no seed is done in both, expected one at least');

/** The scores of an arm over the seeds: their mean, and from the least to the most. */
function over(arm: (typeof ARMS)[number], compute: Compute) {
  const scores = pairs.map((pair) => pair[compute].ndcg_cut_10[arm]!);
  return { mean: mean(scores), least: Math.min(...scores), most: Math.max(...scores) };
}
const arms = Object.fromEntries(
  ARMS.map((arm) => {
    const [f32, f16] = [over(arm, 'f32'), over(arm, 'f16')];
    const difference = f16.mean - f32.mean;
    const spread = f32.most - f32.least;
    return [arm, { f32, f16, difference, spread, within: Math.abs(difference) <= spread }];
  }),
);
const all = pairs.flatMap(({ f32, f16 }) => [f32, f16]);
const record = {
  command: 'node scripts/bench.mjs half',
  date: today(),
  adapter: adapterName(),
  commits: [...new Set(all.map(({ commit }) => commit))],
  arms,
  runs: all,
};
writeFileSync('docs/results/half.json', `${JSON.stringify(record, null, 1)}\n`);

const signed = (x: number): string => `${x < 0 ? '−' : '+'}${figure(Math.abs(x))}`;
const cells = ({ ndcg_cut_10, trace_accuracy }: Result): string[] => [
  ...ARMS.map((arm) => figure(ndcg_cut_10[arm])),
  figure(trace_accuracy),
];
const verdicts = ARMS.map((arm) => {
  const { f32, f16, difference, spread, within } = arms[arm]!;
  return `${arm} ${figure(f32.mean)} in f32 (${figure(f32.least)}–${figure(f32.most)} over the seeds) and ${figure(f16.mean)} in f16 (${figure(f16.least)}–${figure(f16.most)}), a difference of ${signed(difference)}, ${within ? 'within' : 'outside'} f32's own spread over the seeds of ${figure(spread)}`;
});
const scales = all.flatMap(({ loss_scale }) => (loss_scale ? [loss_scale.least, loss_scale.most] : []));
const skipped = pairs.reduce((sum, { f16 }) => sum + f16.skipped, 0);
const steps = pairs.reduce((sum, { f16 }) => sum + f16.steps, 0);
await intoDocument('docs/performance.md', 'half', [
  `\`${record.command}\`, ${record.date}, on ${record.adapter}; the runs began at ${record.commits.join(', ')}. kin-quick as a whole, the same seeds in both; nDCG@10 on the test split (${all[0]!.queries} queries), exact search over freshly encoded documents.`,
  '',
  '| seed | f32: reasoning | at once | traces right | f16: reasoning | at once | traces right | skipped steps |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...pairs.map(
    ({ seed, f32, f16 }) => `| ${[seed, ...cells(f32), ...cells(f16), `${f16.skipped} of ${f16.steps}`].join(' | ')} |`,
  ),
  '',
  `Means: ${verdicts.join('; ')}. The loss scale was ${Math.min(...scales)} at the least and ${Math.max(...scales)} at the most; ${skipped} of ${steps} steps were skipped.`,
]);
