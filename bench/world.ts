/**
 * The task world on SmolLM2-135M-Instruct (`npm run models`): reasoning and embedding at once, by LoRA, on three seeds, each of
 * which holds other countries out. Resumable: a run that is done is not run again, one that was interrupted goes on. Writes
 * docs/results/world.json and docs/world.md; nobody types a figure. Some twenty minutes a run on two quiet cores.
 *
 *   node scripts/bench.mjs world [--seeds N]   runs what is missing under runs/, then writes the tables
 *   node scripts/bench.mjs world --tables      writes the tables from the runs that are there
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseProbe } from '../src/tasks/world/data';
import { adapterName, figure, figuresOf, isDone, mean, runMissing, writeResults, type ArmFigures } from './long-runs';
import { MODEL } from './lora-step';

/** Settings of the prototype where ours has them; the embed token's own row is trained too. */
const SESSION = {
  task: { name: 'world', traces_per_depth: 100_000 },
  model: {
    adapter: { rank: 16, alpha: 32, embed_token: '<repo_name>' },
    dtype: 'stored',
    activations: 'recompute',
    max_position_embeddings: 64,
  },
  prompts: { query: 'Question: {text}', document: 'City: {text}' },
  sft: { steps: 60, batch_size: 16, hard_negatives: 0, replay_weight: 0, learning_rate: 5e-4, warmup_steps: 10 },
  grpo: { steps: 0, depth_weights: [1] },
  evaluation: { every: 20, queries_per_depth: 64, final_queries_per_depth: 512 },
  checkpoint: { every: 10 },
};
const ARMS = ['reasoning', 'direct'] as const;

const args = process.argv.slice(2);
const seeds = Number(args[args.indexOf('--seeds') + 1] ?? 3) || 3;
const path = 'runs/world-session.json';
mkdirSync('runs', { recursive: true });
writeFileSync(path, JSON.stringify(SESSION, null, 1));
const RUNS = Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
  ARMS.map((arm) => ({
    name: `world-${arm}-${seed}`,
    arm,
    seed,
    session: path,
    base: MODEL,
    set: [`seed=${seed}`, `sft.mode=${arm}`],
  })),
);
if (!args.includes('--tables')) runMissing(RUNS);
const done = RUNS.filter(({ name }) => isDone(name)).map((run) => ({ ...run, ...figuresOf(run.name) }));
const probes = done.map(({ name }) => `runs/${name}/probe.json`).filter((file) => existsSync(file));
const probe = probes[0] === undefined ? null : parseProbe(readFileSync(probes[0]), probes[0]);
const record = {
  command: 'node scripts/bench.mjs world',
  date: new Date().toISOString().slice(0, 10),
  adapter: adapterName(),
  probe,
  runs: done.map(({ name, set, commit, arms }) => ({ name, set, commit, test: arms })),
};

const row = (label: string, a: ArmFigures): string => {
  const [low, high] = a.ci95.ndcg_cut_10;
  const cells = [label, a.queries, figure(a.success_1), figure(a.ndcg_cut_10), `${figure(low)}–${figure(high)}`, figure(a.trace_accuracy)]; // prettier-ignore
  return `| ${cells.join(' | ')} |`;
};
const HEAD = [
  '| run: arm | queries | Success@1 | nDCG@10 | 95%, by country | traces right |',
  '|---|---|---|---|---|---|',
];
const CONTROLS = ['forced', 'filler', 'gold', 'shuffled', 'bm25'];
const of = (arm: string) => done.flatMap((run) => (run.arm === arm && run.arms[arm] ? [run.arms[arm]] : []));
/** Seeds of which both arms are there, each with what reasoning gains in Success@1. */
const pairs = Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) => {
  const [with_, without] = ARMS.map((arm) => done.find((run) => run.arm === arm && run.seed === seed)?.arms[arm]);
  return with_ && without ? [{ seed, gain: with_.success_1 - without.success_1 }] : [];
});
const meansOf = (arm: string): string =>
  `${figure(mean(of(arm).map(({ success_1 }) => success_1)))} over ${of(arm).length} of ${seeds} seeds`;
const cities = Object.values(probe?.known ?? {}).flat().length;
writeResults('world', record, [
  '# World: what a pre-trained model makes of the paper’s claim',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${record.adapter}; the runs began at commits ${done.map(({ name, commit }) => `${commit} (${name})`).join(', ')}. SmolLM2-135M-Instruct from its Q4_1 file, LoRA of rank 16 on all projections, ${SESSION.sft.steps} steps of ${SESSION.sft.batch_size} queries. The query asks for the capital of the country where a city is; the documents are cities without their countries; half of the countries that the base knows are held out of all training, others for each seed.`,
  '',
  `**What the base knows**: asked few-shot for ${probe?.asked.capitals ?? 0} capitals and the countries of ${probe?.asked.cities ?? 0} cities, it answers both hops for ${cities} cities of ${Object.keys(probe?.known ?? {}).length} countries. Those are the task.`,
  '',
  ...HEAD,
  ...done.flatMap(({ name, arm, arms }) => (arms[arm] ? [row(`${name}: ${arm}`, arms[arm])] : [])),
  '',
  of('reasoning').length > 0 && of('direct').length > 0
    ? `Success@1, means: reasoning ${meansOf('reasoning')}, embedding at once ${meansOf('direct')}. Of the same seed reasoning gains ${pairs.map(({ seed, gain }) => `${figure(gain)} (seed ${seed})`).join(', ')}.`
    : 'Not both arms have been run.',
  '',
  '## Controls',
  '',
  'The reasoning models made to embed otherwise: at once, after words that mean nothing, after the right reasoning, after another query’s; and BM25.',
  '',
  ...HEAD,
  ...done.flatMap(({ name, arm, arms }) =>
    arm !== 'reasoning' ? [] : CONTROLS.flatMap((key) => (arms[key] ? [row(`${name}: ${key}`, arms[key])] : [])),
  ),
  '',
  'A larger base knows more of the world, so it is asked more; what it does not know, reasoning that is written cannot find.',
  '',
  'Not measured: stage 2 on top, the filler arm as a run of its own, and other kinds of hops.',
  '',
]);
