/**
 * Compares a step of each stage in two trees of this repository, turn by turn in two processes on the same machine:
 * medians of the pairs' ratios, by the clock and by CPU time, which says more on an adapter that is a CPU where others
 * use the machine. Beside them the rollout of a stage 2 step, the dispatches of a step, and the time from nothing to
 * the first step, each time in a fresh process. Resumable: what is measured stays in .cache until --anew.
 *
 *   node scripts/bench.mjs paired TREE [--rounds N] [--anew]    TREE: another checkout, whose packages are installed;
 *                                                               writes its table into docs/performance.md
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as v from 'valibot';
import { vulkanEnvironment } from '../scripts/vulkan.mjs';
import { PRESETS } from '../src/config/presets';
import { intoDocument } from './into-document';
import { adapterName, median } from './long-runs';
import { today } from './record';

const args = process.argv.slice(2);
const tree = args[0];
if (tree === undefined || !existsSync(join(tree, 'src/training/session-run.ts'))) {
  throw new Error('paired: expected the path of another checkout of this repository');
}
const at = args.indexOf('--rounds');
const ROUNDS = at < 0 ? 60 : Number(args[at + 1]);
const TREES = { before: resolve(tree), after: process.cwd() };
type Side = keyof typeof TREES;
const SIDES = ['before', 'after'] as const;

/** Settings that differ from the defaults, which an older tree need not all know. */
const quick = PRESETS.find(({ name }) => name === 'kin-quick')!.overrides;
const base = {
  task: quick.task,
  model: quick.model,
  grpo: quick.grpo,
  evaluation: { ...quick.evaluation, every: 0, queries_per_depth: 1, final_queries_per_depth: 1 },
  checkpoint: { every: 0 },
};
const STEPS = 100_000;
/** A session of each stage alone, and the steps of one turn. */
const PARTS = {
  pretrain: { session: { ...base, pretrain: { ...quick.pretrain, steps: STEPS }, sft: { steps: 0 } }, steps: 8 },
  sft: { session: { ...base, pretrain: { steps: 0 }, sft: { ...quick.sft, steps: STEPS } }, steps: 6 },
  grpo: {
    session: {
      ...base,
      pretrain: { steps: 0 },
      // Long enough to close its completions: a model that never does is stopped.
      sft: { ...quick.sft, steps: 30 },
      grpo: { ...quick.grpo, steps: STEPS, gate: false },
      environment: { audit_every: 0, rank_every: 0 },
    },
    steps: 4,
  },
} as const;
type Part = keyof typeof PARTS;

const turnSchema = v.object({ clock: v.number(), cpu: v.number(), dispatches: v.number(), rollout: v.number() });
type Turn = v.InferOutput<typeof turnSchema>;
const stateSchema = v.object({
  first: v.record(v.string(), v.array(v.number())),
  turns: v.record(v.string(), v.record(v.string(), v.array(turnSchema))),
});

const git = (cwd: string): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd }).trim();
const commits = { before: git(TREES.before), after: git(TREES.after) };
const kept = join('.cache', `paired-${commits.before}-${commits.after}.json`);
mkdirSync('.cache', { recursive: true });
if (args.includes('--anew')) rmSync(kept, { force: true });
const state: v.InferOutput<typeof stateSchema> = existsSync(kept)
  ? v.parse(stateSchema, JSON.parse(readFileSync(kept, 'utf8')))
  : { first: {}, turns: {} };
const save = (): void => writeFileSync(kept, JSON.stringify(state));

const source = readFileSync('bench/paired-step.ts', 'utf8');
const isPlugin = (value: unknown): value is Plugin =>
  typeof value === 'object' && value !== null && 'name' in value && 'setup' in value;

/** How a tree imports its shaders: joined from a library, or as they are in older trees. */
async function shaders(side: Side): Promise<{ plugins: Plugin[] } | { loader: { '.wgsl': 'text' } }> {
  const script = join(TREES[side], 'scripts/wgsl.mjs');
  if (!existsSync(script)) return { loader: { '.wgsl': 'text' } };
  const found: unknown = await import(script);
  const plugin: unknown = typeof found === 'object' && found !== null && Reflect.get(found, 'wgslForEsbuild');
  if (!isPlugin(plugin)) throw new Error(`${script}: exports no plugin for shaders`);
  return { plugins: [plugin] };
}

async function bundle(side: Side): Promise<string> {
  const outfile = join(TREES[side], '.cache', `paired-${process.pid}.mjs`);
  await build({
    stdin: { contents: source, resolveDir: join(TREES[side], 'bench'), loader: 'ts', sourcefile: 'paired-step.ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    ...(await shaders(side)),
  });
  return outfile;
}
const bundles = { before: await bundle('before'), after: await bundle('after') };

/** A process that trains, spoken to in turn. */
class Trainer {
  private readonly child: ChildProcess;

  constructor(side: Side) {
    const env = { ...process.env, ...vulkanEnvironment() };
    this.child = fork(bundles[side], { cwd: TREES[side], env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  }

  private ask(message: object): Promise<unknown> {
    this.child.removeAllListeners('exit');
    return new Promise((answered, failed) => {
      this.child.once('message', (message) => {
        const { error } = v.parse(v.looseObject({ error: v.optional(v.string()) }), message);
        if (error === undefined) answered(message);
        else failed(new Error(error));
      });
      this.child.once('exit', (code) => failed(new Error(`a trainer ended with ${code}`)));
      this.child.send(message);
    });
  }

  /** Milliseconds to the first step. */
  async begin(part: Part): Promise<number> {
    return v.parse(v.object({ first: v.number() }), await this.ask({ begin: PARTS[part].session })).first;
  }

  async steps(count: number): Promise<Turn> {
    return v.parse(turnSchema, await this.ask({ steps: count }));
  }

  end(): void {
    this.child.removeAllListeners();
    this.child.kill();
  }
}

const inTurn = (round: number): readonly Side[] => (round % 2 === 0 ? SIDES : [...SIDES].reverse());

for (const part of ['pretrain', 'sft', 'grpo'] as const) {
  const turns = (state.turns[part] ??= { before: [], after: [] });
  if (turns['before']!.length >= ROUNDS) continue;
  const trainers = { before: new Trainer('before'), after: new Trainer('after') };
  for (const side of SIDES) {
    const first = await trainers[side].begin(part);
    if (part === 'pretrain') (state.first[side] ??= []).push(first);
    // Stage 2 comes after the steps that it starts from; compilation is over after a few.
    await trainers[side].steps(part === 'grpo' ? 30 + PARTS.grpo.steps : PARTS[part].steps);
  }
  while (turns['before']!.length < ROUNDS) {
    const found = new Map<Side, Turn>();
    for (const side of inTurn(turns['before']!.length)) {
      found.set(side, await trainers[side].steps(PARTS[part].steps));
    }
    for (const [side, turn] of found) turns[side]!.push(turn);
    save();
    process.stderr.write(`${part}: ${turns['before']!.length} of ${ROUNDS}\n`);
  }
  for (const side of SIDES) trainers[side].end();
}
while ((state.first['after']?.length ?? 0) < 9) {
  for (const side of inTurn(state.first['after']?.length ?? 0)) {
    const trainer = new Trainer(side);
    (state.first[side] ??= []).push(await trainer.begin('pretrain'));
    trainer.end();
  }
  save();
}
for (const side of SIDES) rmSync(bundles[side], { force: true });

/** The median of the pairs' ratios, and the middle half of them. */
function pairs(before: readonly number[], after: readonly number[]): string {
  const ratios = after.map((x, i) => x / before[i]!).sort((a, b) => a - b);
  const at = (share: number): string => (ratios[Math.floor(share * (ratios.length - 1))] ?? NaN).toFixed(2);
  return `${median(ratios).toFixed(3)} (${at(0.25)}–${at(0.75)})`;
}
const ms = (values: readonly number[], per = 1): string => (median(values) / per).toFixed(1);
const row = (what: string, before: readonly number[], after: readonly number[], per = 1): string =>
  `| ${[what, ms(before, per), ms(after, per), pairs(before, after), Math.min(before.length, after.length)].join(' | ')} |`;
const TITLES = { pretrain: 'stage 0', sft: 'stage 1', grpo: 'stage 2' };
const rows = (['pretrain', 'sft', 'grpo'] as const).flatMap((part) => {
  const { before = [], after = [] } = state.turns[part] ?? {};
  const { steps } = PARTS[part];
  const of = (key: keyof Turn) => [before.map((turn) => turn[key]), after.map((turn) => turn[key])] as const;
  return [
    row(`${TITLES[part]}, a step, ms by the clock`, ...of('clock'), steps),
    row(`${TITLES[part]}, a step, ms of CPU time`, ...of('cpu'), steps),
    ...(part === 'grpo' ? [row('stage 2, a rollout, ms by the clock', ...of('rollout'), steps)] : []),
    row(`${TITLES[part]}, dispatches of a step`, ...of('dispatches'), steps),
  ];
});
rows.push(row('from nothing to the first step, ms', state.first['before']!, state.first['after']!));
const lines = [
  '## A step before and after',
  '',
  `kin-quick's model at commits ${commits.before} and ${commits.after}, turn by turn in two processes on ${adapterName()}, ${today()}; medians, and the median of the pairs' ratios with the middle half of them; load of the machine at the end: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')} on ${cpus().length} cores. \`node scripts/bench.mjs paired TREE\`.`,
  '',
  '| what | before | after | after / before | pairs |',
  '|---|---|---|---|---|',
  ...rows,
];
await intoDocument('docs/performance.md', 'paired', lines);
process.stdout.write(`${lines.join('\n')}\n`);
