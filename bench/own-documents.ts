/**
 * Own documents beside what a person would pick instead: BM25, all-MiniLM-L6-v2 (`npm run models`) and a model that is
 * trained here on the documents alone, by itself and with MiniLM as its teacher, each alone and fused with BM25 by the rule
 * that `lab eval` and Bench have. What is done is
 * kept in runs/own-documents/, embeddings 64 at a time, so that whatever ends the script early, it goes on from there. Writes
 * docs/results/own-documents.json, docs/own-documents.md and src/tasks/text/results.json, which the page shows; nobody types a
 * figure.
 *
 *   node scripts/bench.mjs own-documents [FOLDER] [--no-training]   FOLDER holds the collections; ../shared/data where absent
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
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
import { figure, isDone, runMissing, writeResults, type LongRun } from './long-runs';

const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '../shared/data';
const COLLECTIONS = ['cranfield', 'cisi'];
const KEPT = 'runs/own-documents';
const MINILM = '.models/all-MiniLM-L6-v2';

const interval = v.tuple([v.number(), v.number()]);
const difference = v.object({ mean: v.number(), ci95: interval });
const system = v.object({
  ndcg_cut_10: v.number(),
  recall_100: v.number(),
  ci95: v.object({ ndcg_cut_10: interval }),
  over_bm25: difference,
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
  /** Whether keywords that it writes first help; null of a model that writes none. */
  reasoning: v.optional(v.nullable(v.string()), null),
  /** Mean nDCG@10 on what the weight was chosen on, by weight. */
  chosen_by: v.array(v.number()),
});
type Kept = v.InferOutput<typeof kept>;

type Trained = 'scratch' | 'taught';

const runOf = (collection: string, how: Trained): LongRun => ({
  name: how === 'taught' ? `${collection}-taught` : collection,
  ...(how === 'taught' ? { teacher: MINILM } : {}),
  session: 'text',
  data: `${folder}/${collection}`,
  set: ['sft.steps=1200', 'evaluation.every=0', 'checkpoint.every=40'],
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
      const done = (): number => (existsSync(path) ? Math.floor(statSync(path).size / (CHUNK * channels * 4)) : 0);
      // What was written half-way is made again.
      if (existsSync(path)) truncateSync(path, done() * CHUNK * channels * 4);
      for (let at = done() * CHUNK; at < sequences.length; at += CHUNK) {
        const vectors = await embedder.direct(sequences.slice(at, at + CHUNK));
        appendFileSync(path, new Uint8Array(vectors.buffer));
        process.stderr.write(`${path}: ${Math.min(at + CHUNK, sequences.length)}/${sequences.length}\n`);
      }
      const bytes = readFileSync(path);
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    },
    keep: () => Promise.resolve(),
  });

/** What `lab eval` would say of a model on a collection; worked out once. */
async function evaluated(collection: string, name: string, path: string): Promise<Kept> {
  const file = `${KEPT}/${collection}-${name}.json`;
  if (existsSync(file)) return v.parse(kept, JSON.parse(readFileSync(file, 'utf8')));
  mkdirSync(KEPT, { recursive: true });
  const from = `${folder}/${collection}`;
  const read = await readBeir(openSources(from, 'a folder in BEIR layout'), 'test', from, ROOM);
  const queries = read.queries.filter(({ id }) => read.qrels.has(id));
  const checkpoint = await loadEmbedder(path);
  const prompts = await checkpointPrompts(checkpoint);
  const { sequences } = prompts.passages(read.documents.map(documentText));
  const gpu = await openGpu();
  try {
    const contest = new Contest(gpu, read, queries, 'test');
    const { found: lexical } = await contest.lexical();
    const vectors = inChunks(`${KEPT}/${collection}-${name}.f32`, prompts, sequences);
    const { encoded, score, choice, fused } = await contest.ranked(checkpoint, prompts, false, lexical, vectors);
    // A model that is trained here learns to write keywords, too.
    const reasoned = name === 'minilm' ? null : await contest.ranked(checkpoint, prompts, true, lexical, vectors);
    const bm25 = contest.score(lexical);
    const of = ({ system: found, ndcg }: Standing) => ({ ...found, over_bm25: paired(ndcg, bm25.ndcg) });
    const record = {
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
      adapter: gpu.adapter.description,
      date: new Date().toISOString().slice(0, 10),
      queries: bm25.ndcg.length,
      documents: read.documents.length,
      truncated: encoded.truncated,
      split: encoded.split,
      bm25: bm25.system,
      alone: of(score),
      fused: of(fused),
      why: choice.why,
      reasoning: reasoned?.reasoning?.why ?? null,
      chosen_by: choice.ndcg_cut_10,
    };
    writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`);
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

const NAMES: Readonly<Record<Trained, string>> = { scratch: 'from scratch', taught: 'from scratch, taught' };

function section(collection: string, { minilm, ...trained }: Figures): string[] {
  const lines = (name: string, { alone, fused }: Kept): string[] => [
    row(`${name}, alone`, alone, over(alone.over_bm25)),
    row(`${name}, fused`, fused, over(fused.over_bm25)),
  ];
  const { scratch, taught } = trained;
  const commits = [...new Set([minilm, scratch, taught].flatMap((one) => (one ? [one.commit] : [])))].join(' and ');
  const said = (how: Trained): string[] => {
    const found = trained[how];
    const name = `${NAMES[how].charAt(0).toUpperCase()}${NAMES[how].slice(1)}`;
    return found
      ? [
          `${name}: ${found.why} ${found.split} documents were longer than its context and were searched by their best passage. Keywords written first: ${found.reasoning ?? ''}`,
          '',
        ]
      : [`${name}: not run yet.`, ''];
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
    ...(scratch ? lines(NAMES.scratch, scratch) : []),
    ...(taught ? lines(NAMES.taught, taught) : []),
    '',
    `MiniLM: ${minilm.why} ${minilm.truncated} documents were longer than its 256 tokens and lost their end.`,
    '',
    ...said('scratch'),
    ...said('taught'),
  ];
}

// The embedder first: it takes minutes, training takes more.
const minilm: Kept[] = [];
for (const collection of COLLECTIONS) minilm.push(await evaluated(collection, 'minilm', MINILM));
const trains = !process.argv.includes('--no-training');
async function trained(collection: string, how: Trained): Promise<Kept | null> {
  const run = runOf(collection, how);
  const isThere = existsSync(`${KEPT}/${collection}-${how}.json`);
  if (trains && !isThere) runMissing([run]);
  return isThere || isDone(run.name) ? evaluated(collection, how, `runs/${run.name}/checkpoint`) : null;
}

const results: ({ collection: string } & Figures)[] = [];
for (const [i, collection] of COLLECTIONS.entries()) {
  const scratch = await trained(collection, 'scratch');
  results.push({ collection, minilm: minilm[i]!, scratch, taught: await trained(collection, 'taught') });
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
    )}\`), asked at once; “taught” is the same with \`--teacher .models/all-MiniLM-L6-v2\`, whose ranking of each batch it learns beside the pairs. Fused: scores of BM25 and of the model, scaled query by query and added by weights that a rule chooses without a look at the queries that are scored. Intervals are 95 % bootstraps over the queries; the last column is the mean of the queries’ differences. \`lab eval\` gives the same of any model and folder.`,
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
const shown = results.map(({ collection, minilm: beside, scratch, taught }) => {
  const ours = [
    { name: 'from scratch', found: scratch },
    { name: 'from scratch, taught by MiniLM', found: taught },
  ].flatMap(({ name, found }) => (found ? [{ name, found }] : []));
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
      ]),
    ],
    notes: [
      ...ours.flatMap(({ name, found: { reasoning } }) => (reasoning === null ? [] : [`Keywords written first, ${name}: ${reasoning}`])), // prettier-ignore
      ...(ours.length === 0 ? ['No model was trained on it yet.'] : []),
    ],
  };
});
writeFileSync('src/tasks/text/results.json', `${JSON.stringify(shown, null, 2)}\n`);
