/**
 * The task world on SmolLM2-135M-Instruct (`npm run models`): reasoning and embedding at once, by LoRA, on three seeds, each of
 * which holds other countries out. Resumable: a run that is done is not run again, one that was interrupted goes on, and the
 * ranks of its test queries are worked out once. Writes docs/results/world.json, docs/world.md and
 * src/tasks/world/results.json, which the page shows; nobody types a figure. Some twenty minutes a run on two quiet cores, and
 * two more for its ranks.
 *
 *   node scripts/bench.mjs world [--seeds N]   runs what is missing under runs/, then writes the tables
 *   node scripts/bench.mjs world --tables      writes the tables from the runs that are there
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { EmbeddedArm } from '../src/records/records';
import { bootstrapInterval } from '../src/retrieval/bootstrap';
import { parseProbe } from '../src/tasks/world/data';
import { difference } from '../src/training/benchmark/score-run';
import { adapterName, figure, figuresOf, isDone, mean, runMissing, writeResults, type ArmFigures } from './long-runs';
import { MODEL } from './lora-step';
import { queryRanks, successes, type QueryRanks } from './query-ranks';
import { today } from './record';

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
type Arm = (typeof ARMS)[number];
/** Arms in which the reasoning model embeds in another way; no run was trained for them. */
const CONTROLS = ['forced', 'filler', 'gold', 'shuffled'] as const satisfies EmbeddedArm[];
const CONTROL_WORDS: Readonly<Record<(typeof CONTROLS)[number] | 'bm25', string>> = {
  forced: 'reasoning model, made to embed at once',
  filler: 'reasoning model, filler words instead',
  gold: 'reasoning model, the right reasoning given',
  shuffled: 'reasoning model, another query’s reasoning',
  bm25: 'BM25',
};

const args = process.argv.slice(2);
const wanted = Number(args[args.indexOf('--seeds') + 1] ?? 3) || 3;
const seeds = Array.from({ length: wanted }, (_, i) => i + 1);
const path = 'runs/world-session.json';
mkdirSync('runs', { recursive: true });
writeFileSync(path, JSON.stringify(SESSION, null, 1));
const RUNS = seeds.flatMap((seed) =>
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

interface Done {
  name: string;
  arm: Arm;
  seed: number;
  set: readonly string[];
  commit: string;
  arms: Record<string, ArmFigures>;
  ranked: QueryRanks;
}
const done: Done[] = [];
for (const run of RUNS) {
  if (!isDone(run.name)) continue;
  const asked = run.arm === 'reasoning' ? (['reasoning', ...CONTROLS] as const) : (['direct'] as const);
  const ranked = await queryRanks(run.name, { base: MODEL, arms: asked, file: `runs/world-ranks/${run.name}.json` });
  done.push({ ...run, ...figuresOf(run.name), ranked });
}
const probes = done.map(({ name }) => `runs/${name}/probe.json`).filter((file) => existsSync(file));
const probe = probes[0] === undefined ? null : parseProbe(readFileSync(probes[0]), probes[0]);

/** Success@1 of an arm over the queries of all its seeds; a country is drawn with all queries about it in any seed. */
function together(of: Arm, arm: string) {
  const runs = done.filter((run) => run.arm === of);
  const values = runs.flatMap(({ ranked }) => successes(ranked, arm));
  const clusters = runs.flatMap(({ ranked }) => ranked.queries.map(({ cluster }) => cluster));
  const ci95 = bootstrapInterval(values, 1, { clusters });
  return {
    seeds: runs.length,
    queries: values.length,
    countries: new Set(clusters).size,
    success_1: mean(values),
    ci95,
  };
}

interface Pair {
  seed: number;
  clusters: string[];
  reasoning: number[];
  direct: number[];
}
/** Seeds of which both arms are there, query by query. */
const pairs = seeds.flatMap((seed): Pair[] => {
  const [with_, without] = ARMS.map((arm) => done.find((run) => run.arm === arm && run.seed === seed)?.ranked);
  if (!with_ || !without) return [];
  const order = with_.queries.map(({ id }) => without.queries.findIndex((query) => query.id === id));
  if (order.includes(-1)) throw new Error(`seed ${seed}: the two arms were asked different queries`);
  const direct = successes(without, 'direct');
  return [
    {
      seed,
      clusters: with_.queries.map(({ cluster }) => cluster),
      reasoning: successes(with_, 'reasoning'),
      direct: order.map((at) => direct[at]!),
    },
  ];
});
/** The gain of reasoning over embedding at once, with its interval by country. */
function gainOf(of: readonly Pair[]) {
  const [reasoning, direct] = [of.flatMap((pair) => pair.reasoning), of.flatMap((pair) => pair.direct)];
  const clusters = of.flatMap((pair) => pair.clusters);
  const gain = difference(reasoning, direct, clusters);
  return {
    seeds: of.map(({ seed }) => seed),
    queries: reasoning.length,
    countries: new Set(clusters).size,
    reasoning: mean(reasoning),
    direct: mean(direct),
    ...gain,
    excludes_zero: gain.ci95[0] > 0 || gain.ci95[1] < 0,
  };
}
const gains = { by_seed: pairs.map((pair) => gainOf([pair])), together: pairs.length > 0 ? gainOf(pairs) : null };

const arms = ARMS.filter((arm) => done.some((run) => run.arm === arm)).map((arm) => ({ arm, ...together(arm, arm) }));
const hasReasoning = arms.some(({ arm }) => arm === 'reasoning');
const controls = hasReasoning ? CONTROLS.map((arm) => ({ arm, ...together('reasoning', arm) })) : [];
const record = {
  command: 'node scripts/bench.mjs world',
  date: today(),
  adapter: adapterName(),
  probe,
  gains,
  arms,
  controls,
  runs: done.map(({ name, set, commit, arms: test, ranked: { fingerprint } }) => ({ name, set, commit, fingerprint, test })), // prettier-ignore
};

const range = ([low, high]: readonly [number, number]): string => `${figure(low)} to ${figure(high)}`;
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const armRow = (label: string, a: ArmFigures): string =>
  row([label, a.queries, figure(a.success_1), figure(a.ndcg_cut_10), range(a.ci95.ndcg_cut_10), figure(a.trace_accuracy)]); // prettier-ignore
const ARM_HEAD = [
  '| run | queries | Success@1 | nDCG@10 | its 95 %, by country | traces right |',
  '|---|---|---|---|---|---|',
];
const gainRow = (label: string, gain: NonNullable<typeof gains.together>): string =>
  row([label, gain.queries, gain.countries, figure(gain.reasoning), figure(gain.direct), signed(gain.mean), `${signed(gain.ci95[0])} to ${signed(gain.ci95[1])}`, gain.excludes_zero ? 'yes' : 'no']); // prettier-ignore
const togetherRow = (label: string, { seeds: of, queries, success_1, ci95 }: ReturnType<typeof together>): string =>
  row([label, of, queries, figure(success_1), range(ci95)]);
const TOGETHER_HEAD = ['| arm | seeds | queries | Success@1 | 95 %, by country |', '|---|---|---|---|---|'];

const cities = Object.values(probe?.known ?? {}).flat().length;
const countries = Object.keys(probe?.known ?? {}).length;
const bm25 = done.flatMap(({ arm, arms: { bm25: found } }) => (arm === 'reasoning' && found ? [found] : []));
const of = (arm: Arm): number => done.filter((run) => run.arm === arm).length;
writeResults('world', record, [
  '# World: what a pre-trained model makes of the paper’s claim',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${record.adapter}; the runs began at commits ${done.map(({ name, commit }) => `${commit} (${name})`).join(', ')}. SmolLM2-135M-Instruct from its Q4_1 file (SHA-256 ${probe?.base.sha256 ?? ''}), LoRA of rank 16 on all projections, ${SESSION.sft.steps} steps of ${SESSION.sft.batch_size} queries. The query asks for the capital of the country where a city is; the documents are cities without their countries; half of the countries that the base knows are held out of all training, others for each seed. There are ${of('reasoning')} of ${wanted} runs that reason and ${of('direct')} of ${wanted} that embed at once.`,
  '',
  `**What the base knows**: asked few-shot for ${probe?.asked.capitals ?? 0} capitals and the countries of ${probe?.asked.cities ?? 0} cities, it answers both hops for ${cities} cities of ${countries} countries. Those are the task.`,
  '',
  '## What reasoning gains',
  '',
  'Success@1 of the run that reasons less that of the run that embeds at once, query by query on the same test queries of the same seed. Intervals are 95 % bootstraps that draw whole countries; all seeds together draw a country with what it is asked in every seed.',
  '',
  '| seed | queries | countries | reasoning | at once | gain | 95 %, by country | excludes 0 |',
  '|---|---|---|---|---|---|---|---|',
  ...gains.by_seed.map((gain) => gainRow(String(gain.seeds[0]), gain)),
  ...(gains.together ? [gainRow(`all ${pairs.length}`, gains.together)] : []),
  '',
  ...(gains.together ? [] : ['No seed has both arms yet.', '']),
  '## The runs',
  '',
  ...ARM_HEAD,
  ...done.flatMap(({ name, arm, arms: { [arm]: found } }) => (found ? [armRow(name, found)] : [])),
  '',
  'Of all seeds together:',
  '',
  ...TOGETHER_HEAD,
  ...arms.map((one) => togetherRow(one.arm === 'direct' ? 'at once' : one.arm, one)),
  '',
  '## Controls',
  '',
  'The reasoning models made to embed otherwise: at once, after as many filler words as the right reasoning has tokens, after the right reasoning, after another query’s; and BM25. None of them was trained for it: a model that is trained with filler words was not run.',
  '',
  ...TOGETHER_HEAD,
  ...controls.map((one) => togetherRow(CONTROL_WORDS[one.arm], one)),
  ...(bm25.length > 0 ? [row([CONTROL_WORDS.bm25, bm25.length, bm25.reduce((sum, { queries }) => sum + queries, 0), figure(mean(bm25.map(({ success_1 }) => success_1))), ''])] : []), // prettier-ignore
  '',
  'A larger base knows more of the world, so it is asked more; what it does not know, reasoning that is written cannot find.',
  '',
  'Not measured: stage 2 on top, a run trained with filler words, and other kinds of hops.',
  '',
]);
// What the task's page shows.
const shownArm = (label: string, { seeds: n, queries, success_1, ci95: [low, high] }: ReturnType<typeof together>) => ({ label, seeds: n, queries, headline: success_1, low, high }); // prettier-ignore
/** The widest interval of the seeds': its ranks are not worked out again. */
const lexical = {
  label: CONTROL_WORDS.bm25,
  seeds: bm25.length,
  queries: bm25.reduce((sum, { queries }) => sum + queries, 0),
  headline: mean(bm25.map(({ success_1 }) => success_1)),
  low: Math.min(...bm25.map(({ ci95 }) => ci95.success_1?.[0] ?? 0)),
  high: Math.max(...bm25.map(({ ci95 }) => ci95.success_1?.[1] ?? 1)),
};
const shown = {
  date: record.date,
  adapter: record.adapter,
  base: probe?.base ?? null,
  intervals: 'Intervals are 95% bootstraps over countries, all seeds together.',
  difference: gains.together && {
    seeds: gains.together.seeds.length,
    queries: gains.together.queries,
    clusters: `${gains.together.countries} countries`,
    mean: gains.together.mean,
    low: gains.together.ci95[0],
    high: gains.together.ci95[1],
  },
  means: [
    ...arms.map((one) => shownArm(one.arm, one)),
    ...controls.map((one) => shownArm(CONTROL_WORDS[one.arm], one)),
    ...(bm25.length > 0 ? [lexical] : []),
  ],
};
writeFileSync('src/tasks/world/results.json', `${JSON.stringify(shown, null, 2)}\n`);
