/**
 * kin-rl as a cluster trains it, on three seeds, beside the lab's own runs of kin-rl.ts: `lab export`, train.py with one
 * process on a CPU, `lab import`, whose evaluation is the lab's. Resumable. Writes docs/results/cluster-seeds.json and the
 * table in docs/cluster.md.
 *
 *   node scripts/bench.mjs cluster-seeds            runs what is missing under runs/ (5 minutes a seed), then writes the table
 *   node scripts/bench.mjs cluster-seeds --tables   writes the table from the runs that are there
 *
 * Python's packages are those of `npm run test:python`; LAB_PYTHON names another interpreter that has them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { figureOf } from '../src/cluster/sweep';
import { intoDocument } from './into-document';
import { adapterName, figure, figuresOf, isDone, type ArmFigures } from './long-runs';
import { commitNow, today } from './record';

const SEEDS = [1, 2, 3];
const DEPTHS = ['1', '2', '3', '4'];
const PYTHON = process.env['LAB_PYTHON'] ?? '.python/bin/python';
const [DOCUMENT, RESULTS, OURS] = ['docs/cluster.md', 'docs/results/cluster-seeds.json', 'docs/results/kin-rl.json'];
const COMMAND = 'node scripts/bench.mjs cluster-seeds';

const runOf = (seed: number): string => `cluster-kin-rl-${seed}`;

function run(command: string, args: readonly string[], env: Record<string, string> = {}): void {
  process.stderr.write(`${command} ${args.join(' ')}\n`);
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

const lab = (...args: string[]): void => run('node', ['scripts/lab.mjs', ...args]);

function trainSeed(seed: number): void {
  const [name, handed] = [runOf(seed), `runs/${runOf(seed)}-handed`];
  if (isDone(name)) return;
  if (!existsSync(handed)) lab('export', 'kin-rl', '--set', `seed=${seed}`, '--to', 'accelerate', '--out', handed);
  const cpu = { ACCELERATE_USE_CPU: 'true', OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' };
  run(PYTHON, [`${handed}/train.py`, '--processes', '1'], cpu);
  lab('import', `${handed}/run`, '--out', `runs/${name}`);
  mkdirSync(`runs/${name}`, { recursive: true });
  writeFileSync(`runs/${name}/commit`, commitNow());
}

const armSchema = v.object({
  ndcg_cut_10: v.number(),
  ci95: v.object({ ndcg_cut_10: v.tuple([v.number(), v.number()]) }),
  by_depth: v.record(v.string(), v.object({ ndcg_cut_10: v.number() })),
});
type Figures = v.InferOutput<typeof armSchema>;
const resultsSchema = v.object({ runs: v.array(v.object({ name: v.string(), commit: v.string(), test: armSchema })) });

const read = (path: string) => v.parse(resultsSchema, JSON.parse(readFileSync(path, 'utf8'))).runs;

const cells = (seed: string, by: string, { ndcg_cut_10, ci95, by_depth }: Figures): string[] => {
  const [low, high] = ci95.ndcg_cut_10;
  const depths = DEPTHS.map((depth) => figure(by_depth[depth]?.ndcg_cut_10));
  return [seed, by, ...depths, `${figure(ndcg_cut_10)} [${figure(low)}, ${figure(high)}]`];
};

function writeTable(
  date: string,
  adapter: string,
  runs: { name: string; commit: string; test: Figures }[],
): Promise<void> {
  const ours = read(OURS);
  const pairs = SEEDS.map((seed) => {
    const lab = ours.find(({ name }) => name === `kin-rl-${seed}`);
    const cluster = runs.find(({ name }) => name === runOf(seed));
    if (!lab || !cluster) throw new Error(`no figures of seed ${seed} in ${OURS} or ${RESULTS}`);
    return { seed, lab: lab.test, cluster: cluster.test };
  });
  const rows = pairs.flatMap(({ seed, lab, cluster }) => [
    cells(String(seed), 'the lab', lab),
    cells(String(seed), 'train.py', cluster),
  ]);
  const means = (['lab', 'cluster'] as const).map((by) => {
    const { mean, ci95 } = figureOf(pairs.map((pair) => pair[by].ndcg_cut_10));
    return `${figure(mean)} [${ci95!.map(figure).join(', ')}]`;
  });
  const difference = figureOf(pairs.map(({ lab, cluster }) => cluster.ndcg_cut_10 - lab.ndcg_cut_10));
  const signed = (x: number): string => `${x < 0 ? '−' : '+'}${figure(Math.abs(x))}`;
  const heads = ['seed', 'trained by', ...DEPTHS.map((depth) => `k = ${depth}`), 'all'];
  const table = [heads, heads.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`);
  const commits = [...new Set(runs.map(({ commit }) => commit))].join(', ');
  const about = `Written by \`${COMMAND}\` on ${date} at ${commits}, evaluated on ${adapter}: kin-rl, nDCG@10 of greedy reasoning on the test split after 480 steps of stage 1 and 400 updates, with 95% intervals over queries; the lab's runs are those of [kin-rl.md](kin-rl.md).`;
  const sum = `Mean over seeds with Student's 95% interval: the lab ${means[0]}, train.py ${means[1]}; train.py less the lab, seed by seed, ${signed(difference.mean)} [${difference.ci95!.map(signed).join(', ')}].`;
  return intoDocument(DOCUMENT, 'cluster-seeds', [about, '', ...table, '', sum]);
}

if (!process.argv.includes('--tables')) SEEDS.forEach(trainSeed);
const tested = SEEDS.map((seed) => {
  const { commit, arms } = figuresOf(runOf(seed));
  const test: ArmFigures | undefined = arms['reasoning'];
  if (!test) throw new Error(`runs/${runOf(seed)}: without reasoning`);
  return { name: runOf(seed), session: 'kin-rl', set: [`seed=${seed}`], commit, test };
});
const [date, adapter] = [today(), adapterName()];
writeFileSync(RESULTS, `${JSON.stringify({ command: COMMAND, date, adapter, runs: tested }, null, 1)}\n`);
await writeTable(date, adapter, tested);
process.exit(0);
