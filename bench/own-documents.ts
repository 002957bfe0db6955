/**
 * Own documents beside what a person would pick instead: BM25, all-MiniLM-L6-v2 (`npm run models`) and a model that is
 * trained here on the documents alone, each alone and fused with BM25 by the rule that `lab eval` and Bench have. Every line is
 * one `lab eval`, kept in runs/own-documents/, so that whatever ends the script early, it goes on from there. Writes
 * docs/results/own-documents.json and docs/own-documents.md; nobody types a figure.
 *
 *   node scripts/bench.mjs own-documents [FOLDER]   FOLDER holds the collections; ../shared/data where absent
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { adapterName, figure, runMissing, writeResults, type LongRun } from './long-runs';

const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '../shared/data';
const COLLECTIONS = ['cranfield', 'cisi'];
const KEPT = 'runs/own-documents';
const MINILM = '.models/all-MiniLM-L6-v2';

const interval = v.tuple([v.number(), v.number()]);
const difference = v.object({ mean: v.number(), ci95: interval });
const system = v.object({ ndcg_cut_10: v.number(), recall_100: v.number(), ci95: v.object({ ndcg_cut_10: interval }) });
const chosen = v.object({ weight: v.number(), why: v.string(), ndcg_cut_10: v.array(v.number()) });
const evaluation = v.object({
  ...system.entries,
  queries: v.number(),
  docs: v.number(),
  truncated: v.object({ docs: v.number() }),
  split: v.object({ docs: v.number(), passages: v.number() }),
  ndcg_cut_10_over: v.object({ bm25: difference }),
  bm25: system,
  fusion: v.object({ ...system.entries, chosen, ndcg_cut_10_over: v.object({ bm25: difference }) }),
});
const kept = v.object({ command: v.string(), commit: v.string(), adapter: v.string(), date: v.string(), evaluation });
type Kept = v.InferOutput<typeof kept>;

const runOf = (collection: string): LongRun => ({
  name: collection,
  session: 'text',
  data: `${folder}/${collection}`,
  set: ['sft.steps=1200', 'evaluation.every=0', 'checkpoint.every=40'],
});

/** What `lab eval` says of a model on a collection; asked once. */
function evaluated(collection: string, name: string, checkpoint: string): Kept {
  const path = `${KEPT}/${collection}-${name}.json`;
  if (!existsSync(path)) {
    const args = ['--checkpoint', checkpoint, '--data', `${folder}/${collection}`, '--split', 'test'];
    process.stderr.write(`${collection}: lab eval ${args.join(' ')}\n`);
    const { status, stdout } = spawnSync(process.execPath, ['scripts/lab.mjs', 'eval', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`lab eval on ${collection} ended with ${status}`);
    const record: Kept = {
      command: `lab eval ${args.join(' ')}`,
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
      adapter: adapterName(),
      date: new Date().toISOString().slice(0, 10),
      evaluation: v.parse(evaluation, JSON.parse(stdout)),
    };
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(path, `${JSON.stringify(record, null, 1)}\n`);
  }
  return v.parse(kept, JSON.parse(readFileSync(path, 'utf8')));
}

const range = ([low, high]: readonly [number, number]): string => `${figure(low)} to ${figure(high)}`;
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
const over = ({ mean, ci95: [low, high] }: v.InferOutput<typeof difference>): string =>
  `${signed(mean)} (${signed(low)} to ${signed(high)})`;

type System = v.InferOutput<typeof system>;
const row = (name: string, of: System, beside: string): string =>
  `| ${name} | ${figure(of.ndcg_cut_10)} | ${range(of.ci95.ndcg_cut_10)} | ${figure(of.recall_100)} | ${beside} |`;

function section(collection: string, { minilm, scratch }: { minilm: Kept; scratch: Kept | null }): string[] {
  const lines = (name: string, { evaluation: of }: Kept): string[] => [
    row(`${name}, alone`, of, over(of.ndcg_cut_10_over.bm25)),
    row(`${name}, fused`, of.fusion, over(of.fusion.ndcg_cut_10_over.bm25)),
  ];
  const { evaluation: of } = minilm;
  return [
    `## ${collection}`,
    '',
    `${of.docs} documents, ${of.queries} test queries.`,
    '',
    '| system | nDCG@10 | 95 % | Recall@100 | nDCG@10 over BM25 (95 %) |',
    '|---|---|---|---|---|',
    row('BM25', of.bm25, ''),
    ...lines('MiniLM', minilm),
    ...(scratch ? lines('from scratch', scratch) : []),
    '',
    `MiniLM: ${of.fusion.chosen.why} ${of.truncated.docs} documents were longer than its 256 tokens and lost their end.`,
    '',
    ...(scratch
      ? [
          `From scratch: ${scratch.evaluation.fusion.chosen.why} ${scratch.evaluation.split.docs} documents were longer than its context and were searched by their best passage.`,
          '',
        ]
      : []),
    `By \`${minilm.command}\`${scratch ? ` and \`${scratch.command}\`` : ''}, at commit${scratch && scratch.commit !== minilm.commit ? `s ${minilm.commit} and ${scratch.commit}` : ` ${minilm.commit}`}, on ${minilm.adapter}.`,
    '',
  ];
}

/** The embedder first: it takes minutes, training takes more. */
const minilm = COLLECTIONS.map((collection) => evaluated(collection, 'minilm', MINILM));
const withoutTraining = process.argv.includes('--no-training');
const results = COLLECTIONS.map((collection, i) => {
  const isThere = existsSync(`${KEPT}/${collection}-scratch.json`);
  if (!withoutTraining && !isThere) runMissing([runOf(collection)]);
  const scratch =
    withoutTraining && !isThere ? null : evaluated(collection, 'scratch', `runs/${collection}/checkpoint`);
  return { collection, minilm: minilm[i]!, scratch };
});
writeResults('own-documents', results, [
  '# Own documents beside what a person would pick instead',
  '',
  `Written by \`node scripts/bench.mjs own-documents\` on ${results[0]!.minilm.date}. MiniLM is \`all-MiniLM-L6-v2\` on this lab’s own layers, 22 M weights that others trained on a billion pairs of texts; “from scratch” is a model of half a million weights that learnt from the documents alone (\`lab run text --data FOLDER ${runOf(
    'FOLDER',
  )
    .set.map((one) => `--set ${one}`)
    .join(
      ' ',
    )}\`), asked at once. Fused: scores of BM25 and of the model, scaled query by query, added by weights that a rule chooses without a look at the queries that are scored. Intervals are 95 % bootstraps over the queries; the last column is the mean of the queries’ differences.`,
  '',
  ...results.flatMap(({ collection, ...of }) => section(collection, of)),
]);
