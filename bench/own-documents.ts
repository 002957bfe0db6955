/**
 * Own documents beside what a person would pick instead: BM25, all-MiniLM-L6-v2 (`npm run models`), models that are trained
 * here on the documents alone, and SmolLM2 with an adapter (`adapted-run.ts`). Each alone, and fused by the rules that
 * `lab eval` and Bench have. What is done is kept in runs/own-documents/, embeddings 64 at a time, so that the script
 * continues from there after any end; what stands in docs/results/own-documents.json is not made again. Writes that file,
 * docs/own-documents.md and src/tasks/text/results.json, which the page shows; nobody types a figure.
 *
 *   node scripts/bench.mjs own-documents [FOLDER] [--only cisi-scratch,…]
 *
 * FOLDER holds the collections, ../shared/data where absent; --only trains and scores nothing but what it names.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { documentText } from '../src/formats/beir';
import { readBeir } from '../src/formats/collection/read-collection';
import { loadEmbedder, checkpointPrompts } from '../src/host/node/checkpoint';
import { Contest, type Standing } from '../src/host/node/contest';
import { openSources, ROOM } from '../src/host/node/files';
import { openGpu } from '../src/host/node/gpu';
import { Embedder, type EmbeddingModel } from '../src/training/benchmark/embedder';
import type { EmbeddingPrompts } from '../src/training/benchmark/embedding-prompts';
import type { KeptVectors } from '../src/training/benchmark/model-rankings';
import { difference as paired } from '../src/training/benchmark/score-run';
import { ADAPTED_SETTINGS, adaptedModel, embeddedByTorch } from './adapted-run';
import { figure, isDone, runMissing, writeResults, type LongRun } from './long-runs';
import { commitNow, today } from './record';

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const folder = positionals[0] ?? '../shared/data';
const only = values.only?.split(',') ?? null;
const COLLECTIONS = ['cranfield', 'cisi'];
const KEPT = 'runs/own-documents';
const MINILM = '.models/all-MiniLM-L6-v2';
const RECORD = 'docs/results/own-documents.json';

const interval = v.tuple([v.number(), v.number()]);
const difference = v.object({ mean: v.number(), ci95: interval });
const system = v.object({
  ndcg_cut_10: v.number(),
  recall_100: v.number(),
  ci95: v.object({ ndcg_cut_10: interval }),
  over_bm25: difference,
});
const together = v.object({
  ...system.entries,
  over_without: v.optional(v.nullable(difference), null),
  why: v.string(),
});
const kept = v.object({
  commit: v.string(),
  adapter: v.string(),
  date: v.string(),
  queries: v.number(),
  documents: v.number(),
  truncated: v.number(),
  split: v.number(),
  bm25: v.omit(system, ['over_bm25']),
  alone: system,
  fused: system,
  why: v.string(),
  /** Whether keywords written first help; null for a model that writes none, and where it was not asked yet. */
  reasoning: v.optional(v.nullable(v.string()), null),
  /** Least cosine of documents that torch embedded with ours; null where all are ours. */
  torch_cosine: v.optional(v.nullable(v.number()), null),
  /** BM25, MiniLM and the model as one; null for MiniLM itself, and where it was not asked yet. */
  together: v.optional(v.nullable(together), null),
  /** Mean nDCG@10 on what the weight was chosen on, by weight. */
  chosen_by: v.array(v.number()),
});
type Kept = v.InferOutput<typeof kept>;
const missing = v.optional(v.nullable(kept), null);
const recordSchema = v.array(
  v.object({
    collection: v.string(),
    minilm: kept,
    scratch: missing,
    taught: missing,
    direct: missing,
    filtered: missing,
    rewarded: missing,
    adapted: missing,
  }),
);

/** What is trained here. */
const TRAINED = ['scratch', 'taught', 'direct', 'filtered', 'rewarded', 'adapted'] as const;
type Trained = (typeof TRAINED)[number];

const NAMES: Readonly<Record<Trained, string>> = {
  scratch: 'from scratch',
  taught: 'from scratch, taught by MiniLM',
  direct: 'from scratch, taught to embed at once alone',
  filtered: 'from scratch, then its own words that helped',
  rewarded: 'from scratch, stage 2 on top',
  adapted: 'SmolLM2 + LoRA',
};

const FROM_SCRATCH = ['sft.steps=1200', 'evaluation.every=0', 'checkpoint.every=40'];
const DIRECT = ['sft.mode=direct', 'sft.weight_distil=3'];
const GAIN = 'grpo.advantage=gain';
const REWARDED = ['grpo.steps=200', 'grpo.replay_weight=0', 'grpo.contrastive_weight=1'];

/** What is set beside that. */
const SETTINGS: Readonly<Record<Exclude<Trained, 'adapted'>, readonly string[]>> = {
  scratch: [],
  taught: [],
  direct: DIRECT,
  filtered: [...REWARDED, GAIN],
  rewarded: REWARDED,
};

const runOf = (collection: string, how: Exclude<Trained, 'adapted'>): LongRun => ({
  name: how === 'scratch' ? collection : `${collection}-${how}`,
  ...(how === 'taught' || how === 'direct' ? { teacher: MINILM } : {}),
  session: 'text',
  data: `${folder}/${collection}`,
  set: [...FROM_SCRATCH, ...SETTINGS[how]],
});

/** Sequences embedded between two writes. */
const CHUNK = 64;

/** Embeddings of the documents, of which those that are in the file are not made again. */
const inChunks =
  (path: string, prompts: EmbeddingPrompts, sequences: readonly (readonly number[])[]) =>
  (model: EmbeddingModel): KeptVectors => ({
    read: async () => {
      const channels = model.architecture.hidden_size;
      const embedder = new Embedder(model, prompts);
      const rows = existsSync(path) ? Math.floor(statSync(path).size / (channels * 4)) : 0;
      // What was written half-way is made again.
      const done = rows === sequences.length ? rows : rows - (rows % CHUNK);
      if (existsSync(path)) truncateSync(path, done * channels * 4);
      for (let at = done; at < sequences.length; at += CHUNK) {
        const vectors = await embedder.direct(sequences.slice(at, at + CHUNK));
        appendFileSync(path, new Uint8Array(vectors.buffer));
        process.stderr.write(`${path}: ${Math.min(at + CHUNK, sequences.length)}/${sequences.length}\n`);
      }
      const bytes = readFileSync(path);
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    },
    keep: () => Promise.resolve(),
  });

const fileOf = (collection: string, name: string): string => `${KEPT}/${collection}-${name}.json`;

/** What an earlier call scored, if only in part. */
function keptBefore(collection: string, name: string): Kept | null {
  const file = fileOf(collection, name);
  return existsSync(file) ? v.parse(kept, JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** The result of `lab eval` for a model on a collection; computed once. */
async function evaluated(collection: string, name: string, path: string): Promise<Kept> {
  const file = fileOf(collection, name);
  const before = keptBefore(collection, name);
  // A model that is trained here learns to write keywords, too.
  if (before && (name === 'minilm' || (before.together && before.reasoning !== null))) return before;
  const from = `${folder}/${collection}`;
  const read = await readBeir(openSources(from, 'a folder in BEIR layout'), 'test', from, ROOM);
  const embeddings = `${KEPT}/${collection}-${name}.f32`;
  // The adapted model is larger than what a processor embeds a collection by in a while.
  const alike = name === 'adapted' ? await embeddedByTorch(path, read.documents, embeddings) : null;
  mkdirSync(KEPT, { recursive: true });
  const keep = (record: Kept): void => writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`);
  const queries = read.queries.filter(({ id }) => read.qrels.has(id));
  const checkpoint = await loadEmbedder(path);
  const prompts = await checkpointPrompts(checkpoint);
  const { sequences } = prompts.passages(read.documents.map(documentText));
  const gpu = await openGpu();
  try {
    const contest = new Contest(gpu, read, queries, 'test');
    const { found: lexical } = await contest.lexical();
    const vectors = inChunks(embeddings, prompts, sequences);
    const bm25 = contest.score(lexical);
    const of = ({ system: found, ndcg }: Standing) => ({ ...found, over_bm25: paired(ndcg, bm25.ndcg) });
    if (before?.together) {
      const { why } = await contest.reasoning(checkpoint, prompts, vectors);
      keep({ ...before, reasoning: why });
      return await evaluated(collection, name, path);
    }
    const own = await contest.ranked(checkpoint, prompts, false, lexical, vectors);
    const { encoded, score, choice, fused } = own;
    const record: Kept = {
      commit: commitNow(),
      adapter: gpu.adapter.description,
      date: today(),
      queries: bm25.ndcg.length,
      documents: read.documents.length,
      truncated: encoded.truncated,
      split: encoded.split,
      bm25: bm25.system,
      alone: of(score),
      fused: of(fused),
      why: choice.why,
      reasoning: name === 'direct' ? 'it was taught to write none.' : null,
      together: null,
      chosen_by: [...choice.ndcg_cut_10],
      torch_cosine: alike,
    };
    keep(record);
    if (name === 'minilm') return record;
    const rival = await loadEmbedder(MINILM);
    const rivalPrompts = await checkpointPrompts(rival);
    const passages = rivalPrompts.passages(read.documents.map(documentText)).sequences;
    const rivalVectors = inChunks(`${KEPT}/${collection}-minilm.f32`, rivalPrompts, passages);
    const beside = await contest.ranked(rival, rivalPrompts, false, lexical, rivalVectors, own);
    const all = beside.together!;
    const over_without = paired(all.ndcg, all.without.ndcg);
    keep({ ...record, together: { ...of(all), over_without, why: all.choice.why } });
  } finally {
    gpu.destroy();
  }
  return evaluated(collection, name, path);
}

const range = ([low, high]: readonly [number, number]): string => `${figure(low)} to ${figure(high)}`;
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
const over = ({ mean, ci95: [low, high] }: v.InferOutput<typeof difference>): string =>
  `${signed(mean)} (${signed(low)} to ${signed(high)})`;

type System = v.InferOutput<typeof system>;
const row = (name: string, of: Omit<System, 'over_bm25'>, beside: string): string =>
  `| ${name} | ${figure(of.ndcg_cut_10)} | ${range(of.ci95.ndcg_cut_10)} | ${figure(of.recall_100)} | ${beside} |`;

type Figures = { minilm: Kept } & Record<Trained, Kept | null>;

function section(collection: string, { minilm, ...trained }: Figures): string[] {
  const lines = (name: string, { alone, fused, together: all }: Kept): string[] => [
    row(`${name}, alone`, alone, over(alone.over_bm25)),
    row(`${name}, fused`, fused, over(fused.over_bm25)),
    ...(all ? [row(`${name}, fused with BM25 and MiniLM`, all, over(all.over_bm25))] : []),
  ];
  const all = [minilm, ...TRAINED.flatMap((how) => trained[how] ?? [])];
  const commits = [...new Set(all.map(({ commit }) => commit))].join(' and ');
  const said = (how: Trained): string[] => {
    const found = trained[how];
    const name = `${NAMES[how].charAt(0).toUpperCase()}${NAMES[how].slice(1)}`;
    if (!found) return [`${name}: not run yet.`, ''];
    const { why, split, torch_cosine: alike, reasoning, together: all } = found;
    const three = all
      ? ` With MiniLM as a third: ${all.why} Over BM25 and MiniLM by weights chosen there: ${all.over_without ? over(all.over_without) : 'not asked yet'}.`
      : '';
    const passages = split === 0 ? '' : ` ${split} documents were longer than its context and were searched by their best passage.`; // prettier-ignore
    const torch = alike === null ? '' : ` Trained and its documents embedded with torch (least cosine with ours, of those that were compared: ${alike.toFixed(6)}).`; // prettier-ignore
    return [`${name}: ${why}${passages}${torch}${three} Keywords written first: ${reasoning ?? 'not asked yet.'}`, ''];
  };
  return [
    `## ${collection}`,
    '',
    `${minilm.documents} documents, ${minilm.queries} test queries; at commit ${commits}, on ${minilm.adapter}.`,
    '',
    '| system | nDCG@10 | 95 % | Recall@100 | nDCG@10 over BM25 (95 %) |',
    '|---|---|---|---|---|',
    row('BM25', minilm.bm25, ''),
    ...lines('MiniLM', minilm),
    ...TRAINED.flatMap((how) => (trained[how] ? lines(NAMES[how], trained[how]) : [])),
    '',
    `MiniLM: ${minilm.why} ${minilm.truncated} documents were longer than its 256 tokens and lost their end.`,
    '',
    ...TRAINED.flatMap(said),
  ];
}

/** What was recorded of a collection, by an earlier call. */
const recorded = new Map(
  existsSync(RECORD)
    ? v.parse(recordSchema, JSON.parse(readFileSync(RECORD, 'utf8'))).map((one) => [one.collection, one])
    : [],
);

// The embedder first: it takes minutes, training takes more.
const minilm: Kept[] = [];
for (const collection of COLLECTIONS) {
  minilm.push(recorded.get(collection)?.minilm ?? (await evaluated(collection, 'minilm', MINILM)));
}

async function trained(collection: string, how: Trained): Promise<Kept | null> {
  const scored = keptBefore(collection, how);
  const before = recorded.get(collection)?.[how] ?? null;
  if (only ? !only.includes(`${collection}-${how}`) : before) return before ?? scored;
  if (how === 'adapted') {
    // An hour of a processor, most of it for one collection.
    if (!scored && collection !== 'cranfield') return null;
    return evaluated(collection, how, await adaptedModel(`${collection}-adapted`, `${folder}/${collection}`));
  }
  const run = runOf(collection, how);
  if (!scored && !isDone(run.name)) runMissing([run]);
  return evaluated(collection, how, `runs/${run.name}/checkpoint`);
}

const results: ({ collection: string } & Figures)[] = [];
for (const [i, collection] of COLLECTIONS.entries()) {
  const of: Partial<Record<Trained, Kept | null>> = {};
  for (const how of TRAINED) of[how] = await trained(collection, how);
  const { scratch = null, taught = null, direct = null, filtered = null, rewarded = null, adapted = null } = of;
  results.push({ collection, minilm: minilm[i]!, scratch, taught, direct, filtered, rewarded, adapted });
}
writeResults('own-documents', results, [
  '# Own documents beside what a person would pick instead',
  '',
  `Written by \`node scripts/bench.mjs own-documents\` on ${results[0]!.minilm.date}. MiniLM is \`all-MiniLM-L6-v2\` on this lab’s own layers, 22 M weights that others trained on a billion pairs of texts; “from scratch” is a model of half a million weights that learnt from the documents alone (\`lab run text --data FOLDER ${runOf(
    '',
    'scratch',
  )
    .set.map((one) => `--set ${one}`)
    .join(
      ' ',
    )}\`), asked at once; “taught” is the same with \`--teacher .models/all-MiniLM-L6-v2\`, whose ranking of each batch it learns beside the pairs; “to embed at once alone” is that with \`${DIRECT.join(' ')}\`, which leaves the keywords out; “stage 2 on top” goes on from there with \`${REWARDED.join(' ')}\`: its own words are rewarded by where they lead the search; “its own words that helped” is the same with \`${GAIN}\`: it learns those of its words that led the search better than the query at once, and no others; “SmolLM2 + LoRA” is SmolLM2-135M-Instruct adapted to the documents (\`lab export text --to accelerate --base … ${ADAPTED_SETTINGS.map((one) => `--set ${one}`).join(' ')}\`). Fused: scores of BM25 and of the model, scaled query by query and added by weights that a rule chooses without a look at the queries that are scored. Intervals are 95 % bootstraps over the queries; the last column is the mean of the queries’ differences. \`lab eval\` gives the same of any model and folder.`,
  '',
  ...results.flatMap(({ collection, ...of }) => section(collection, of)),
]);

// What the task's page shows.
const shownRange = ([low, high]: readonly [number, number]) => ({ low, high });
const shownSystem = (name: string, { ndcg_cut_10: value, ci95, over_bm25: above }: System) => ({
  name,
  value,
  ...shownRange(ci95.ndcg_cut_10),
  over_bm25: { value: above.mean, ...shownRange(above.ci95) },
});
const shown = results.map(({ collection, minilm: beside, ...of }) => {
  const ours = TRAINED.flatMap((how) => (of[how] ? [{ name: NAMES[how], found: of[how] }] : []));
  const systems = [{ name: 'MiniLM', found: beside }, ...ours];
  const { bm25 } = beside;
  return {
    collection,
    date: beside.date,
    adapter: beside.adapter,
    documents: beside.documents,
    queries: beside.queries,
    systems: [
      { name: 'BM25', value: bm25.ndcg_cut_10, ...shownRange(bm25.ci95.ndcg_cut_10) },
      ...systems.flatMap(({ name, found }) => [
        shownSystem(`${name}, alone`, found.alone),
        shownSystem(`${name}, fused`, found.fused),
        ...(found.together ? [shownSystem(`${name}, fused with BM25 and MiniLM`, found.together)] : []),
      ]),
    ],
    notes: [
      ...ours.flatMap(({ name, found: { reasoning } }) => (reasoning === null ? [] : [`Keywords written first, ${name}: ${reasoning}`])), // prettier-ignore
      ...(ours.length === 0 ? ['No model was trained on it yet.'] : []),
    ],
  };
});
writeFileSync('src/tasks/text/results.json', `${JSON.stringify(shown, null, 2)}\n`);
