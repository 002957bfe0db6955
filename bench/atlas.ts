/**
 * The atlas tasks' long runs: reasoning, direct and stage 2 on three seeds, controls on the first. Resumable: what is done
 * is not run again. Writes docs/results/atlas.json, docs/atlas.md and src/tasks/atlas/results.json, which the page
 * shows; nobody types a figure.
 *
 *   node scripts/bench.mjs atlas             runs what is missing under runs/, then writes the tables
 *   node scripts/bench.mjs atlas --tables    writes the tables from the runs that are there
 *   node scripts/bench.mjs atlas NAME…       runs those alone, then writes the tables
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseShape } from '../src/config/parse-session';
import { Bm25 } from '../src/retrieval/bm25';
import { ATLAS_FILE } from '../src/tasks/atlas/atlas-file';
import { createTask } from '../src/tasks/registry';
import { rankIn } from '../src/training/evaluate';
import {
  adapterName,
  figure,
  isDone,
  jsonLines,
  mean,
  median,
  runInTwo,
  runMissing,
  writeResults,
  type LongRun,
} from './long-runs';
import { today } from './record';

type TaskName = 'atlas-facts' | 'atlas-walk';
interface AtlasRun extends LongRun {
  task: TaskName;
  seed: number;
  label: string;
  /** The arm that the run is about. */
  arm: string;
  /** Of a run with stage 2: the name under which the evaluation after its stage 1 is kept. */
  start?: string;
}

const SEEDS = [1, 2, 3];
/** The label of the evaluation after stage 1 of a run with stage 2. */
const before = (label: string): string => `before ${label}`;
/** Kinds of runs: their label in the tables, the ending of their preset's name, and the arm they are about. */
const KINDS = {
  reasoning: { label: 'reasoning', preset: '', arm: 'reasoning' },
  direct: { label: 'direct', preset: '-direct', arm: 'direct' },
  brief: { label: 'direct, 840 steps of stage 1', preset: '-direct', arm: 'direct' },
  rl: { label: 'stage 2', preset: '-rl', arm: 'reasoning' },
  early: { label: 'stage 2 from 600 steps', preset: '-rl', arm: 'reasoning' },
  more: { label: 'stage 1 alone, for as long', preset: '-rl', arm: 'reasoning' },
  filler: { label: 'filler', preset: '-filler', arm: 'filler' },
  deep: { label: 'direct, twice the layers', preset: '-direct', arm: 'direct' },
};

function run(task: TaskName, seed: number, kind: keyof typeof KINDS, set: readonly string[] = []): AtlasRun {
  const { label, preset, arm } = KINDS[kind];
  const name = `${task}${kind === 'reasoning' ? '' : `-${kind}`}-${seed}`;
  const start = kind === 'rl' || kind === 'early' ? { start: `${name}-start` } : {};
  return { task, seed, session: `${task}${preset}`, name, label, arm, set: [`seed=${seed}`, ...set], ...start };
}
const all = (task: TaskName): AtlasRun[] => [
  ...SEEDS.flatMap((seed) => [run(task, seed, 'reasoning'), run(task, seed, 'direct')]),
  ...SEEDS.map((seed) => run(task, seed, 'rl')),
];
const RUNS: readonly AtlasRun[] = [
  ...all('atlas-facts'),
  // A control: the same few traces, trained for about as long as stages 1 and 2 take.
  run('atlas-facts', 1, 'more', ['grpo.steps=0', 'sft.steps=3500']),
  ...SEEDS.map((seed) => run('atlas-facts', seed, 'early', ['sft.steps=600'])),
  run('atlas-facts', 1, 'brief', ['sft.steps=840']),
  run('atlas-facts', 1, 'filler'),
  run('atlas-facts', 1, 'deep', ['model.num_hidden_layers=6']),
  ...all('atlas-walk'),
  run('atlas-walk', 1, 'more', ['grpo.steps=0', 'sft.steps=2600']),
];

function complete(run: AtlasRun): void {
  if (run.start === undefined) runMissing([run]);
  else runInTwo(run, run.start);
}

const metric = v.object({ success_1: v.number(), recip_rank_cut_10: v.number(), ndcg_cut_10: v.number() });
const interval = v.tuple([v.number(), v.number()]);
const armSchema = v.object({
  ...metric.entries,
  by_depth: v.record(v.string(), metric),
  by_kind: v.optional(v.record(v.string(), metric)),
  headline: v.object({
    ...metric.entries,
    ci95: v.object({ success_1: interval }),
    queries: v.number(),
    clusters: v.number(),
  }),
  emission_rate: v.optional(v.number()),
  trace_accuracy: v.optional(v.number()),
});
type ArmFigures = v.InferOutput<typeof armSchema>;
const evaluationSchema = v.object({ test: v.record(v.string(), armSchema) });
const lineSchema = v.object({ stage: v.string(), 'time/step': v.number() });

interface Done {
  run: AtlasRun;
  label: string;
  commit: string;
  arms: Record<string, ArmFigures>;
  steps: number;
  /** The median step of each stage times its steps: the machine did other things too. */
  minutes: number;
}

function read(run: AtlasRun, folder: string, label: string): Done {
  const text = (file: string): string => readFileSync(`runs/${folder}/${file}`, 'utf8');
  const stages = new Map<string, number[]>();
  const lines = jsonLines(`runs/${folder}/metrics.jsonl`);
  for (const line of lines) {
    const { stage, 'time/step': seconds } = v.parse(lineSchema, line);
    stages.set(stage, [...(stages.get(stage) ?? []), seconds]);
  }
  const seconds = [...stages.values()].map((steps) => median(steps) * steps.length);
  return {
    run,
    label,
    commit: text('commit').trim(),
    arms: v.parse(evaluationSchema, JSON.parse(text('evaluation.json'))).test,
    steps: lines.length,
    minutes: seconds.reduce((sum, s) => sum + s, 0) / 60,
  };
}

function doneRuns(task: TaskName): Done[] {
  return RUNS.filter((run) => run.task === task).flatMap((run) => [
    ...(run.start !== undefined && isDone(run.start) ? [read(run, run.start, before(run.label))] : []),
    ...(isDone(run.name) ? [read(run, run.name, run.label)] : []),
  ]);
}

/** Success@1 of BM25 over the test queries of the headline: by the query, with the right trace, by that alone. */
function lexical(name: TaskName): Record<'query' | 'with' | 'alone', number> {
  const data = new Map([[ATLAS_FILE.path, readFileSync(`public/${ATLAS_FILE.path}`)]]);
  const task = createTask(parseShape({ task: { name } }).task, 1, data);
  const index = new Bm25(task.documents.map(({ text }) => text));
  const queries = task.heldOut('test', Infinity).filter(({ headline }) => headline);
  const success = (textOf: (query: (typeof queries)[number]) => string): number =>
    mean(
      queries.map((query) => {
        const scores = index.scores(textOf(query));
        const { document } = query.relevant[0]!;
        return scores[document]! > 0 && rankIn(scores, document) === 1 ? 1 : 0;
      }),
    );
  return {
    query: success(({ text }) => text),
    with: success(({ text, trace }) => `${text} ${trace}`),
    alone: success(({ trace }) => trace),
  };
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (!process.argv.includes('--tables')) {
  for (const each of RUNS) if (wanted.length === 0 || wanted.includes(each.name)) complete(each);
}

const adapter = adapterName();
const date = today();
const command = 'node scripts/bench.mjs atlas';

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const head = (cells: readonly string[]): string[] => [row(cells), `|${'---|'.repeat(cells.length)}`];
const range = ([low, high]: readonly [number, number]): string => `${figure(low)}–${figure(high)}`;

/** A run's line: headline with its interval, depths or kinds, then what the traces were. */
function line({ run, label, arms, steps, minutes }: Done, arm: string, columns: readonly string[]): string[] {
  const a = arms[arm];
  if (!a) return [];
  const parts = columns.map((key) => figure((a.by_depth[key] ?? a.by_kind?.[key])?.success_1));
  const told = arm === run.arm ? label : `${label}: ${arm}`;
  const cost = arm === run.arm ? [String(steps), minutes.toFixed(1)] : ['', ''];
  return [row([run.seed, told, figure(a.headline.success_1), range(a.headline.ci95.success_1), ...parts, figure(a.trace_accuracy), ...cost])]; // prettier-ignore
}

const COLUMNS: Readonly<Record<TaskName, readonly string[]>> = {
  'atlas-facts': ['1', 'currency', 'north', 'east', 'south', 'west', 'capital', 'language', 'region'],
  'atlas-walk': ['1', '2', '3', '4', '5'],
};
const COLUMN_HEADS: Readonly<Record<TaskName, readonly string[]>> = {
  'atlas-facts': ['one hop', 'currency', 'north', 'east', 'south', 'west', 'capital', 'language', 'region'],
  'atlas-walk': ['1 step', '2', '3', '4', '5'],
};

function table(task: TaskName, lines: readonly string[]): string[] {
  return [
    ...head(['seed', 'run', 'headline', '95%', ...COLUMN_HEADS[task], 'traces right', 'steps', 'minutes']),
    ...lines,
  ];
}

/** Means over the seeds of the runs of one label, for the last lines and for the page. */
function summary(
  done: readonly Done[],
): { label: string; seeds: number; headline: number; low: number; high: number }[] {
  const labels = [...new Set(done.map(({ label }) => label))];
  const controls = ['gold', 'shuffled', 'forced'];
  const rows = labels.map((label) => ({ label, arm: undefined as string | undefined }));
  const given = controls.map((arm) => ({ label: 'reasoning', arm: arm }));
  return [...rows, ...given].flatMap(({ label, arm }) => {
    const found = done
      .filter((each) => each.label === label)
      .flatMap(({ arms, run }) => arms[arm ?? run.arm]?.headline ?? []);
    if (found.length === 0) return [];
    return [
      {
        label: arm === undefined ? label : `${label}: ${arm}`,
        seeds: found.length,
        headline: mean(found.map(({ success_1 }) => success_1)),
        low: Math.min(...found.map(({ ci95 }) => ci95.success_1[0])),
        high: Math.max(...found.map(({ ci95 }) => ci95.success_1[1])),
      },
    ];
  });
}

/** The arms of the page's picture: Success@1 of every kind or depth, means over the seeds. */
const DRAWN = [KINDS.reasoning.label, KINDS.rl.label, before(KINDS.rl.label), KINDS.direct.label];
function parts(task: TaskName, done: readonly Done[]): unknown {
  const runs = DRAWN.flatMap((label) => {
    const found = done.flatMap(({ label: own, arms, run }) => (own === label ? (arms[run.arm] ?? []) : []));
    if (found.length === 0) return [];
    const value = (key: string): number =>
      mean(found.map((arm) => (arm.by_depth[key] ?? arm.by_kind?.[key])?.success_1 ?? 0));
    return [{ label, values: COLUMNS[task].map(value) }];
  });
  return { names: COLUMN_HEADS[task], runs };
}

const INTRO: Readonly<Record<TaskName, string>> = {
  'atlas-facts':
    'Success@1 on queries of two hops across the test countries, which no training query composes facts across. Headline: currency and the four neighbours together; capital, language and region are given away by many a city’s name. Intervals: bootstrap over the test countries.',
  'atlas-walk':
    'Success@1 on walks whose start and end no training walk joins; walks of four and five steps are never trained. Headline: two to five steps together. Intervals: bootstrap over the countries passed last.',
};

function section(task: TaskName): { lines: string[]; record: unknown; shown: unknown } {
  const done = doneRuns(task);
  const bm25 = lexical(task);
  const means = summary(done);
  const controls = done.filter(({ run, label }) => label === 'reasoning' && run.seed === done[0]?.run.seed);
  return {
    record: done.map(({ run, label, commit, arms, steps, minutes }) => ({ ...run, label, commit, steps, minutes, test: arms })), // prettier-ignore
    shown: { date, adapter, means, parts: parts(task, done), bm25 },
    lines: [
      `## ${task}`,
      '',
      INTRO[task],
      '',
      ...table(task, done.flatMap((each) => line(each, each.run.arm, COLUMNS[task]))), // prettier-ignore
      '',
      'The model that reasons, made to embed otherwise: the right trace given (the ceiling), another query’s (must collapse), none.',
      '',
      ...table(task, controls.flatMap((each) => ['gold', 'shuffled', 'forced'].flatMap((arm) => line(each, arm, COLUMNS[task])))), // prettier-ignore
      '',
      `BM25: ${figure(bm25.query)} by the query, ${figure(bm25.with)} by query and right trace, ${figure(bm25.alone)} by the right trace alone.`,
      '',
      'Means over the seeds, with the widest of the intervals:',
      '',
      ...head(['', 'seeds', 'headline', '95%']),
      ...means.map(({ label, seeds, headline, low, high }) =>
        row([label, seeds, figure(headline), range([low, high])]),
      ),
      '',
    ],
  };
}

const facts = section('atlas-facts');
const walk = section('atlas-walk');
const commits = [...new Set([...doneRuns('atlas-facts'), ...doneRuns('atlas-walk')].map(({ commit }) => commit))];
writeResults('atlas', { command, date, adapter, 'atlas-facts': facts.record, 'atlas-walk': walk.record }, [
  '# What the atlas tasks’ models reach',
  '',
  `Written by \`${command}\` on ${date}, on ${adapter}; the runs began at ${commits.join(', ')}. Minutes are the median step of each stage times its steps, on a machine that did other work beside it: compare steps. A direct run has more steps of stage 1 than one that reasons, because a step costs about half as much.`,
  '',
  ...facts.lines,
  ...walk.lines,
]);
const shown = { 'atlas-facts': facts.shown, 'atlas-walk': walk.shown };
writeFileSync('src/tasks/atlas/results.json', `${JSON.stringify(shown, null, 2)}\n`);
