/**
 * Kin's stage 2: 400 updates of GRPO on three seeds. Stages 0 and 1 are those of `kin` with the same seed, so a run of
 * bench/kin.ts is where each one started. Resumable, as bench/kin.ts. Writes docs/results/kin-rl.json and docs/kin-rl.md.
 *
 *   node scripts/bench.mjs kin-rl            runs what is missing under runs/, then writes the table
 *   node scripts/bench.mjs kin-rl --tables   writes the table from the runs that are there
 */
import { adapterName, figure, figuresOf, isDone, runMissing, writeResults, type ArmFigures } from './long-runs';

const RUNS = [1, 2, 3].map((seed) => ({
  name: `kin-rl-${seed}`,
  start: `kin-${seed}`,
  session: 'kin-rl',
  set: [`seed=${seed}`],
}));

if (!process.argv.includes('--tables')) runMissing(RUNS);
const done = RUNS.filter(({ name, start }) => isDone(name) && isDone(start)).map((run) => ({
  ...run,
  begin: figuresOf(run.start).arms['reasoning'],
  end: figuresOf(run.name).arms['reasoning'],
  commit: figuresOf(run.name).commit,
}));
const record = {
  command: 'node scripts/bench.mjs kin-rl',
  date: new Date().toISOString().slice(0, 10),
  adapter: adapterName(),
  runs: done.map(({ name, session, set, commit, begin, end }) => ({ name, session, set, commit, begin, end })),
};
const cells = (a: ArmFigures): string[] => [
  ...['1', '2', '3', '4'].map((k) => figure(a.by_depth[k]?.ndcg_cut_10)),
  figure(a.ndcg_cut_10),
  figure(a.trace_accuracy),
];
writeResults('kin-rl', record, [
  '# What reinforcement adds to Kin',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${record.adapter}; the runs began at commits ${done.map(({ name, commit }) => `${commit} (${name})`).join(', ')}. nDCG@10 on the test split, greedy reasoning, exact search over freshly encoded documents: after stage 1, and after 400 updates of GRPO that see no trace. Closed: the share of the distance to 1.`,
  '',
  '| run | | k = 1 | k = 2 | k = 3 | k = 4 | all | traces right | closed |',
  '|---|---|---|---|---|---|---|---|---|',
  ...done.flatMap(({ name, begin, end }) => {
    if (!begin || !end) return [];
    const closed = (end.ndcg_cut_10 - begin.ndcg_cut_10) / (1 - begin.ndcg_cut_10);
    return [
      `| ${[name, 'stage 1', ...cells(begin), ''].join(' | ')} |`,
      `| ${[name, 'stage 2', ...cells(end), `${Math.round(closed * 100)}%`].join(' | ')} |`,
    ];
  }),
  '',
]);
