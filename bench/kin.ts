/**
 * Kin's long runs: reasoning on three seeds, direct and filler controls. Resumable: a finished run is not run again, an
 * interrupted one continues. Writes docs/results/kin.json and docs/kin.md; nobody types a figure.
 *
 *   node scripts/bench.mjs kin            runs what is missing under runs/, then writes the tables
 *   node scripts/bench.mjs kin --tables   writes the tables from the runs that are there
 */
import { adapterName, figure, figuresOf, isDone, mean, runMissing, writeResults, type ArmFigures } from './long-runs';
import { today } from './record';
import { isSmall } from './small';

const RUNS = [
  { name: 'kin-1', session: 'kin', set: ['seed=1'] },
  { name: 'kin-2', session: 'kin', set: ['seed=2'] },
  { name: 'kin-3', session: 'kin', set: ['seed=3'] },
  { name: 'kin-direct-1', session: 'kin-direct', set: ['seed=1'] },
  { name: 'kin-filler-1', session: 'kin-filler', set: ['seed=1'] },
] as const;
const ARM = { kin: 'reasoning', 'kin-direct': 'direct', 'kin-filler': 'filler' };

if (!process.argv.includes('--tables')) runMissing(isSmall ? RUNS.slice(2, 3) : RUNS);
const done = RUNS.filter(({ name }) => isDone(name)).map((run) => ({ ...run, ...figuresOf(run.name) }));
const record = {
  command: 'node scripts/bench.mjs kin',
  date: today(),
  adapter: adapterName(),
  runs: done.map(({ name, session, set, commit, arms }) => ({ name, session, set, commit, test: arms })),
};

const row = (label: string, a: ArmFigures): string => {
  const [low, high] = a.ci95.ndcg_cut_10;
  const depths = ['1', '2', '3', '4'].map((k) => figure(a.by_depth[k]?.ndcg_cut_10));
  const cells = [label, ...depths, figure(a.ndcg_cut_10), `${figure(low)}–${figure(high)}`, figure(a.trace_accuracy)];
  return `| ${cells.join(' | ')} |`;
};
const head = [
  '| run | k = 1 | k = 2 | k = 3 | k = 4 | all | 95% | traces right |',
  '|---|---|---|---|---|---|---|---|',
];
const reasoning = done.flatMap(({ session, arms }) =>
  session === 'kin' && arms['reasoning'] ? [arms['reasoning']] : [],
);
const average = (of: (a: ArmFigures) => number | undefined): string => figure(mean(reasoning.map((a) => of(a) ?? 0)));
const means = ['1', '2', '3', '4'].map((k) => average((a) => a.by_depth[k]?.ndcg_cut_10));
const commits = done.map(({ name, commit }) => `${commit} (${name})`).join(', ');
writeResults('kin', record, [
  '# What Kin’s models reach',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${record.adapter}; the runs began at commits ${commits}. nDCG@10 on the test split, exact search over freshly encoded documents; compositions of two and more hops were never trained on, those of one hop cannot be held out. ${reasoning[0]?.queries ?? 0} queries a run; the interval is a bootstrap over them.`,
  '',
  ...head,
  ...done.flatMap(({ name, session, arms }) => {
    const found = arms[ARM[session]];
    return found ? [row(`${name}: ${ARM[session]}`, found)] : [];
  }),
  `| **mean of ${reasoning.length} reasoning runs** | ${[...means, average((a) => a.ndcg_cut_10), '', average((a) => a.trace_accuracy)].join(' | ')} |`,
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
]);
