/**
 * Kin's long runs: reasoning on three seeds, direct and filler controls. Resumable: a run that is done is not run again, one
 * that was interrupted goes on. Writes docs/results/kin.json and docs/kin.md; nobody types a figure.
 *
 *   node scripts/bench.mjs kin            runs what is missing under runs/, then writes the tables
 *   node scripts/bench.mjs kin --tables   writes the tables from the runs that are there
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

const RUNS = [
  { name: 'kin-1', session: 'kin', set: ['seed=1'] },
  { name: 'kin-2', session: 'kin', set: ['seed=2'] },
  { name: 'kin-3', session: 'kin', set: ['seed=3'] },
  { name: 'kin-direct-1', session: 'kin-direct', set: ['seed=1'] },
  { name: 'kin-filler-1', session: 'kin-filler', set: ['seed=1'] },
] as const;

const metrics = v.object({ ndcg_cut_10: v.number(), success_1: v.number() });
const arm = v.object({
  ...metrics.entries,
  ci95: v.object({ ndcg_cut_10: v.tuple([v.number(), v.number()]) }),
  by_depth: v.record(v.string(), metrics),
  queries: v.number(),
  emission_rate: v.optional(v.number()),
  trace_accuracy: v.optional(v.number()),
});
const evaluationSchema = v.object({ test: v.record(v.string(), arm) });
type ArmFigures = v.InferOutput<typeof arm>;

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const isDone = (name: string): boolean => existsSync(`runs/${name}/evaluation.json`);
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

if (!process.argv.includes('--tables')) {
  for (const { name, session, set } of RUNS) {
    if (isDone(name)) continue;
    const assignments = set.flatMap((assignment) => ['--set', assignment]);
    const args = ['run', '--silent', 'lab', '--', 'run', session, '--out', `runs/${name}`, '--resume', ...assignments];
    process.stderr.write(`${name}: npm ${args.join(' ')}\n`);
    mkdirSync(`runs/${name}`, { recursive: true });
    if (!existsSync(`runs/${name}/commit`))
      writeFileSync(`runs/${name}/commit`, `${git('rev-parse', '--short', 'HEAD')}\n`);
    const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  }
}

const done = RUNS.filter(({ name }) => isDone(name)).map((run) => ({
  ...run,
  /** The commit that the run began at. */
  commit: readFileSync(`runs/${run.name}/commit`, 'utf8').trim(),
  arms: v.parse(evaluationSchema, read(`runs/${run.name}/evaluation.json`)).test,
}));
const adapter = v.parse(
  v.object({ adapter: v.object({ description: v.string() }) }),
  JSON.parse(
    execFileSync('npm', ['run', '--silent', 'lab', '--', 'adapters'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ),
).adapter.description;
const record = {
  command: 'node scripts/bench.mjs kin',
  date: new Date().toISOString().slice(0, 10),
  adapter,
  runs: done.map(({ name, session, set, commit, arms }) => ({ name, session, set, commit, test: arms })),
};
mkdirSync('docs/results', { recursive: true });
writeFileSync('docs/results/kin.json', `${JSON.stringify(record, null, 1)}\n`);

const f = (x: number | undefined): string => (x === undefined ? '' : x.toFixed(3).replace(/^0/, ''));
const row = (label: string, a: ArmFigures): string => {
  const [low, high] = a.ci95.ndcg_cut_10;
  const depths = ['1', '2', '3', '4'].map((k) => f(a.by_depth[k]?.ndcg_cut_10));
  return `| ${[label, ...depths, f(a.ndcg_cut_10), `${f(low)}–${f(high)}`, f(a.trace_accuracy)].join(' | ')} |`;
};
const head = [
  '| run | k = 1 | k = 2 | k = 3 | k = 4 | all | 95% | traces right |',
  '|---|---|---|---|---|---|---|---|',
];
const reasoning = done.flatMap(({ session, arms }) =>
  session === 'kin' && arms['reasoning'] ? [arms['reasoning']] : [],
);
const mean = (of: (a: ArmFigures) => number | undefined): number =>
  reasoning.reduce((sum, a) => sum + (of(a) ?? 0), 0) / Math.max(1, reasoning.length);
const means = ['1', '2', '3', '4'].map((k) => f(mean((a) => a.by_depth[k]?.ndcg_cut_10)));
const lines = [
  '# What Kin’s models reach',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${adapter}; the runs began at commits ${done.map(({ name, commit }) => `${commit} (${name})`).join(', ')}. nDCG@10 on the test split, exact search over freshly encoded documents; compositions of two and more hops were never trained on, those of one hop cannot be held out. ${done[0]?.arms['reasoning']?.queries ?? 0} queries a run; the interval is a bootstrap over them.`,
  '',
  ...head,
  ...done.flatMap(({ name, session, arms }) => {
    const key = { kin: 'reasoning', 'kin-direct': 'direct', 'kin-filler': 'filler' }[session];
    const found = arms[key];
    return found ? [row(`${name}: ${key}`, found)] : [];
  }),
  `| **mean of ${reasoning.length} reasoning runs** | ${[...means, f(mean((a) => a.ndcg_cut_10)), '', f(mean((a) => a.trace_accuracy))].join(' | ')} |`,
  '',
  '## Controls',
  '',
  'The same reasoning models made to embed otherwise: the right trace given (the ceiling), another query’s trace given, made to embed at once; and BM25, which finds nothing because documents share no word with queries.',
  '',
  ...head,
  ...done.flatMap(({ name, session, arms }) =>
    session !== 'kin'
      ? []
      : ['gold', 'shuffled', 'forced', 'bm25'].flatMap((key) => (arms[key] ? [row(`${name}: ${key}`, arms[key])] : [])),
  ),
  '',
];
writeFileSync('docs/kin.md', lines.join('\n'));
process.stdout.write(lines.join('\n'));
