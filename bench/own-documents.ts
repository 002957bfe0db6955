/**
 * Own documents beside what a person would pick instead: BM25, all-MiniLM-L6-v2 (`npm run models`), models that are trained
 * here on the documents alone, and SmolLM2 with an adapter (`adapted-run.ts`). Each alone, and fused by the rules that
 * `lab eval` and Bench have. What is done is kept in runs/own-documents/, embeddings 64 at a time, so that the script
 * continues from there after any end; what stands in docs/results/own-documents.json is not made again. Writes that file,
 * docs/own-documents.md and src/tasks/text/results.json, which the page shows; nobody types a figure.
 *
 *   node scripts/bench.mjs own-documents [FOLDER …] [--only cisi-scratch,…]
 *
 * The folders hold the collections, ../shared/data where absent (`smart-collection.ts` makes MEDLINE's); a collection that
 * none of them has is left as it is recorded. --only trains and scores nothing but what it names.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ADAPTED_SETTINGS, ADAPTED_TAUGHT_SETTINGS, adaptedModel } from './adapted-run';
import { isDone, runMissing, writeResults, type LongRun } from './long-runs';
import { evaluated, keptBefore, MINILM } from './own-documents/evaluated';
import { recorded, slug, type Figures, type Kept, type Trained } from './own-documents/record';
import { section, shown } from './own-documents/report';

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const folders = positionals.length > 0 ? positionals : ['../shared/data'];
const only = values.only?.split(',') ?? null;
const COLLECTIONS = ['cranfield', 'cisi', 'medline'];

const FROM_SCRATCH = ['sft.steps=1200', 'evaluation.every=0', 'checkpoint.every=40'];
const DIRECT = ['sft.mode=direct', 'sft.weight_distil=3'];
const GAIN = 'grpo.advantage=gain';
const REWARDED = ['grpo.steps=200', 'grpo.replay_weight=0', 'grpo.contrastive_weight=1'];

/** What is set beside that. */
const SETTINGS: Readonly<Record<Exclude<Trained, 'adapted' | 'adapted_taught'>, readonly string[]>> = {
  scratch: [],
  taught: [],
  direct: DIRECT,
  filtered: [...REWARDED, GAIN],
  rewarded: REWARDED,
};

const runOf = (collection: string, how: keyof typeof SETTINGS, data: string): LongRun => ({
  name: how === 'scratch' ? collection : `${collection}-${how}`,
  ...(how === 'taught' || how === 'direct' ? { teacher: MINILM } : {}),
  session: 'text',
  data,
  set: [...FROM_SCRATCH, ...SETTINGS[how]],
});

/** The collections that are recorded, or at hand. */
const before = recorded();
const folderOf = (collection: string): string | null =>
  folders.map((folder) => `${folder}/${collection}`).find((path) => existsSync(path)) ?? null;

async function trained(collection: string, how: Trained, folder: string | null): Promise<Kept | null> {
  const scored = keptBefore(collection, how);
  const known = before.get(collection)?.[how] ?? null;
  if (folder === null || (only ? !only.includes(`${collection}-${slug(how)}`) : known)) return known ?? scored;
  if (how === 'adapted' || how === 'adapted_taught') {
    // An hour of a processor, most of it for one collection.
    if (!scored && collection !== 'cranfield') return null;
    const teacher = how === 'adapted_taught' ? MINILM : null;
    return evaluated(collection, how, await adaptedModel(`${collection}-${slug(how)}`, folder, teacher), folder);
  }
  const run = runOf(collection, how, folder);
  if (!scored && !isDone(run.name)) runMissing([run]);
  return evaluated(collection, how, `runs/${run.name}/checkpoint`, folder);
}

// The embedder first: it takes minutes, training takes more.
const minilm = new Map<string, Kept>();
for (const collection of COLLECTIONS) {
  const folder = folderOf(collection);
  const found = before.get(collection)?.minilm ?? (folder && (await evaluated(collection, 'minilm', MINILM, folder)));
  if (found) minilm.set(collection, found);
  else process.stderr.write(`${collection}: in none of ${folders.join(', ')}\n`);
}

const results: Figures[] = [];
for (const [collection, beside] of minilm) {
  const folder = folderOf(collection);
  const ask = (how: Trained): Promise<Kept | null> => trained(collection, how, folder);
  results.push({
    collection,
    minilm: beside,
    scratch: await ask('scratch'),
    taught: await ask('taught'),
    direct: await ask('direct'),
    filtered: await ask('filtered'),
    rewarded: await ask('rewarded'),
    adapted: await ask('adapted'),
    adapted_taught: await ask('adapted_taught'),
  });
}

const inCode = (settings: readonly string[]): string => settings.map((one) => `--set ${one}`).join(' ');
writeResults('own-documents', results, [
  '# Own documents beside what a person would pick instead',
  '',
  `Written by \`node scripts/bench.mjs own-documents\` on ${results[0]!.minilm.date}. MiniLM is \`all-MiniLM-L6-v2\` on this lab’s own layers, 22 M weights that others trained on a billion pairs of texts; “from scratch” is a model of half a million weights that learnt from the documents alone (\`lab run text --data FOLDER ${inCode(FROM_SCRATCH)}\`), asked at once; “taught” is the same with \`--teacher .models/all-MiniLM-L6-v2\`, whose ranking of each batch it learns beside the pairs; “to embed at once alone” is that with \`${DIRECT.join(' ')}\`, which leaves the keywords out; “stage 2 on top” goes on from there with \`${REWARDED.join(' ')}\`: its own words are rewarded by where they lead the search; “its own words that helped” is the same with \`${GAIN}\`: it learns those of its words that led the search better than the query at once, and no others; “SmolLM2 + LoRA” is SmolLM2-135M-Instruct adapted to the documents (\`lab export text --to accelerate --base … ${inCode(ADAPTED_SETTINGS)}\`), “taught” is that with \`--teacher .models/all-MiniLM-L6-v2 ${inCode(ADAPTED_TAUGHT_SETTINGS)}\`. Fused: scores of BM25 and of the model, scaled query by query and added by weights that a rule chooses without a look at the queries that are scored. Intervals are 95 % bootstraps over the queries; the last two columns are means of the queries’ differences, from BM25 and from BM25 and MiniLM as one. \`lab eval\` gives the same of any model and folder.`,
  '',
  ...results.flatMap(section),
]);
writeFileSync('src/tasks/text/results.json', `${JSON.stringify(results.map(shown), null, 2)}\n`);
