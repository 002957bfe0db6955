/**
 * Runs what is missing of a set of long runs, resumably, and reads their results; shared by the scripts of long runs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { presetSession } from '../src/config/presets';
import { commitNow } from './record';
import { isSmall } from './small';

export interface LongRun {
  /** The run's folder under runs/. */
  name: string;
  session: string;
  /** The documents to train on, for the task of one's own. */
  data?: string;
  /** The model to start from. */
  base?: string;
  /** The embedder whose ranking it learns. */
  teacher?: string;
  set: readonly string[];
}

const STAGES = ['pretrain', 'sft', 'grpo'] as const;

/** Steps of a stage of the run, before its small version cuts them. */
function stepsOf({ session, set }: LongRun, stage: (typeof STAGES)[number]): number {
  const begins = `${stage}.steps=`;
  const own = set.findLast((assignment) => assignment.startsWith(begins));
  const preset = presetSession(session);
  if (!preset) throw new Error(`there is no preset ${session}`);
  return own === undefined ? preset[stage].steps : Number(own.slice(begins.length));
}

/** The most steps of a stage in a script's small version. */
const FEW = 2;

/** Further settings of a small version: two steps of each stage that the run has, and few queries. */
const fewSteps = (run: LongRun): string[] => [
  ...STAGES.filter((stage) => stepsOf(run, stage) > FEW).flatMap((stage) => [
    `${stage}.steps=${FEW}`,
    `${stage}.warmup_steps=0`,
  ]),
  'grpo.gate=false',
  'grpo.batch_size=4',
  'evaluation.every=0',
  'evaluation.final_queries_per_depth=24',
];

const metrics = v.object({ ndcg_cut_10: v.number(), success_1: v.number() });
const armSchema = v.object({
  ...metrics.entries,
  ci95: v.object({
    ndcg_cut_10: v.tuple([v.number(), v.number()]),
    success_1: v.optional(v.tuple([v.number(), v.number()])),
  }),
  by_depth: v.record(v.string(), metrics),
  queries: v.number(),
  emission_rate: v.optional(v.number()),
  trace_accuracy: v.optional(v.number()),
});
const evaluationSchema = v.object({ test: v.record(v.string(), armSchema) });
export type ArmFigures = v.InferOutput<typeof armSchema>;

export const isDone = (name: string): boolean => existsSync(`runs/${name}/evaluation.json`);

/**
 * Runs those that are not done, one after the other; an interrupted one continues from its checkpoint.
 * @param beforeRewards stops each after its stage 1, where it is evaluated.
 */
export function runMissing(runs: readonly LongRun[], beforeRewards = false): void {
  for (const run of runs) {
    const { name, session, data, base, teacher } = run;
    if (isDone(name)) continue;
    const set = isSmall ? [...run.set, ...fewSteps(run)] : run.set;
    const assignments = set.flatMap((assignment) => ['--set', assignment]);
    if (beforeRewards) {
      const steps = stepsOf({ ...run, set }, 'pretrain') + stepsOf({ ...run, set }, 'sft');
      assignments.push('--stop-after-step', String(steps));
    }
    if (data !== undefined) assignments.push('--data', data);
    if (base !== undefined) assignments.push('--base', base);
    if (teacher !== undefined) assignments.push('--teacher', teacher);
    const args = ['run', '--silent', 'lab', '--', 'run', session, '--out', `runs/${name}`, '--resume', ...assignments];
    process.stderr.write(`${name}: npm ${args.join(' ')}\n`);
    mkdirSync(`runs/${name}`, { recursive: true });
    const commit = `runs/${name}/commit`;
    if (!existsSync(commit)) writeFileSync(commit, `${commitNow()}\n`);
    const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  }
}

/** Runs a session with stage 2, and keeps the evaluation after its stage 1 as the run `start`; only what is missing. */
export function runInTwo(run: LongRun, start: string): void {
  const { name } = run;
  if (!isDone(start)) {
    runMissing([run], true);
    mkdirSync(`runs/${start}`, { recursive: true });
    for (const file of ['commit', 'evaluation.json', 'metrics.jsonl']) {
      copyFileSync(`runs/${name}/${file}`, `runs/${start}/${file}`);
    }
    // Else the run would count as done.
    rmSync(`runs/${name}/evaluation.json`);
  }
  runMissing([run]);
}

/** The test split's arms of a run that is done, and the commit that it began at. */
export function figuresOf(name: string): { commit: string; arms: Record<string, ArmFigures> } {
  const json: unknown = JSON.parse(readFileSync(`runs/${name}/evaluation.json`, 'utf8'));
  const commit = readFileSync(`runs/${name}/commit`, 'utf8').trim();
  return { commit, arms: v.parse(evaluationSchema, json).test };
}

/** The lines of a file of a run, each parsed from JSON. */
export const jsonLines = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

/** The description of the adapter that commands use on this machine. */
export function adapterName(): string {
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  const text = execFileSync('npm', ['run', '--silent', 'lab', '--', 'adapters'], { encoding: 'utf8', stdio });
  return v.parse(v.object({ adapter: v.object({ description: v.string() }) }), JSON.parse(text)).adapter.description;
}

/** Three digits without the leading zero. */
export const figure = (x: number | undefined): string => (x === undefined ? '' : x.toFixed(3).replace(/^0\./, '.'));

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Writes docs/results/NAME.json and docs/NAME.md. */
export function writeResults(name: string, record: unknown, lines: readonly string[]): void {
  writeFileSync(`docs/results/${name}.json`, `${JSON.stringify(record, null, 1)}\n`);
  writeFileSync(`docs/${name}.md`, lines.join('\n'));
  process.stdout.write(lines.join('\n'));
}
