/**
 * Kin's stage 2: 400 updates of GRPO on three seeds, each beside the stage 1 that it starts from; and two controls on one
 * seed: more supervised steps on the same traces for the time that stage 2 took, and stage 2 with its policy gradient off.
 * Resumable, as bench/kin.ts. Writes docs/results/kin-rl.json and docs/kin-rl.md.
 *
 *   node scripts/bench.mjs kin-rl            runs what is missing under runs/, then writes the table
 *   node scripts/bench.mjs kin-rl --tables   writes the table from the runs that are there
 */
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { presetSession } from '../src/config/presets';
import {
  adapterName,
  type ArmFigures,
  figure,
  figuresOf,
  isDone,
  jsonLines,
  type LongRun,
  mean,
  median,
  runInTwo,
  runMissing,
  writeResults,
} from './long-runs';
import { today } from './record';
import { isSmall } from './small';

const SEEDS = isSmall ? [3] : [1, 2, 3];
/** The seed whose stage 1 leaves most to learn. */
const CONTROL = 3;
const preset = presetSession('kin-rl');
if (!preset) throw new Error('the preset kin-rl is gone');
const { steps: supervised } = preset.sft;

const full = (seed: number): LongRun => ({ name: `kin-rl-${seed}`, session: 'kin-rl', set: [`seed=${seed}`] });
/** The run of this seed as it was after stage 1. */
const start = (seed: number): LongRun => ({ ...full(seed), name: `kin-rl-${seed}-start` });

const off: LongRun = {
  name: `kin-rl-${CONTROL}-off`,
  session: 'kin-rl',
  set: [`seed=${CONTROL}`, 'grpo.policy_gradient=false'],
};
const more = (steps: number): LongRun => ({
  name: `kin-rl-${CONTROL}-more`,
  session: 'kin-rl',
  set: [`seed=${CONTROL}`, 'grpo.steps=0', `sft.steps=${steps}`],
});

const line = v.object({ stage: v.string(), 'time/step': v.number() });

/** Median seconds of a step of `stage`, from what the run recorded. */
function secondsOf(name: string, stage: string): number {
  const times = jsonLines(`runs/${name}/metrics.jsonl`)
    .map((metrics) => v.parse(line, metrics))
    .filter((metrics) => metrics.stage === stage)
    .map((metrics) => metrics['time/step']);
  return median(times);
}

/** Supervised steps that take as long as stage 1 and stage 2 together, by the medians of one run. */
function equalSteps(): number {
  const { name } = full(CONTROL);
  const updates = preset!.grpo.steps * secondsOf(name, 'grpo');
  return supervised + Math.round(updates / secondsOf(name, 'sft') / 50) * 50;
}

/** The control with more supervised steps: as many as it was run with, where it was. */
function moreRun(): LongRun {
  const path = `runs/kin-rl-${CONTROL}-more/session.json`;
  if (!existsSync(path)) return more(equalSteps());
  const session = v.parse(v.object({ sft: v.object({ steps: v.number() }) }), JSON.parse(readFileSync(path, 'utf8')));
  return more(session.sft.steps);
}

if (!process.argv.includes('--tables')) {
  for (const seed of [...SEEDS].reverse()) runInTwo(full(seed), start(seed).name);
  if (!isSmall) {
    runMissing([off]);
    runMissing([moreRun()]);
  }
}

interface Row {
  label: string;
  run: LongRun;
  /** The seed whose stage 1 it is compared with. */
  seed: number;
}
const controls: Row[] = [
  { label: 'stage 2, policy gradient off', run: off, seed: CONTROL },
  { label: 'stage 1 for as long', run: moreRun(), seed: CONTROL },
];
const rows: Row[] = SEEDS.flatMap((seed) => [
  { label: 'stage 1', run: start(seed), seed },
  { label: 'stage 2', run: full(seed), seed },
  ...controls.filter((control) => control.seed === seed),
]).filter(({ run }) => isDone(run.name));
const figuresFor = ({ run }: Row): ArmFigures => figuresOf(run.name).arms['reasoning']!;

const cells = (a: ArmFigures): string[] => [
  ...['1', '2', '3', '4'].map((k) => figure(a.by_depth[k]?.ndcg_cut_10)),
  figure(a.ndcg_cut_10),
  figure(mean(['2', '3', '4'].map((k) => a.by_depth[k]?.ndcg_cut_10 ?? NaN))),
  figure(a.trace_accuracy),
];
function closed(row: Row): string {
  if (row.label === 'stage 1' || !isDone(start(row.seed).name)) return '';
  const begin = figuresOf(start(row.seed).name).arms['reasoning']!.ndcg_cut_10;
  return `${Math.round((100 * (figuresFor(row).ndcg_cut_10 - begin)) / (1 - begin))}%`;
}
const record = {
  command: 'node scripts/bench.mjs kin-rl',
  date: today(),
  adapter: adapterName(),
  runs: rows.map((row) => ({
    ...row.run,
    label: row.label,
    commit: figuresOf(row.run.name).commit,
    test: figuresFor(row),
  })),
};
const ends = rows.filter(({ label }) => label === 'stage 2').map((row) => figuresFor(row).ndcg_cut_10);
const commits = [...new Set(record.runs.map(({ commit }) => commit))].join(', ');
writeResults('kin-rl', record, [
  '# What reinforcement adds to Kin',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${record.adapter}; the runs began at ${commits}. nDCG@10 on the test split, greedy reasoning, exact search over freshly encoded documents: after ${supervised} steps of stage 1 on 300 traces per k, and after ${preset.grpo.steps} updates of GRPO that see no trace. Closed: the share of the distance to 1. Stage 1 for as long: the supervised stage alone, on the same traces, with as many steps as fit into the time of both stages.`,
  '',
  '| seed | | k = 1 | k = 2 | k = 3 | k = 4 | all | k ≥ 2 | traces right | closed |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...rows.map((row) => `| ${[row.seed, row.label, ...cells(figuresFor(row)), closed(row)].join(' | ')} |`),
  '',
  `Mean of the seeds after stage 2: ${figure(mean(ends))}.`,
  '',
]);
