import type { BeirCollection } from '../../../formats/beir';
import { readBeir } from '../../../formats/collection/read-collection';
import { writeRun } from '../../../formats/trec';
import { InputError } from '../../../lib/errors';
import { leftOutDocuments, rankedWithout } from '../../../retrieval/left-out';
import { evaluateRun } from '../../../retrieval/metrics';
import { bm25Rankings, fuseRankings, runOf } from '../../../retrieval/rankings';
import type { Ranked } from '../../../retrieval/top-k';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import { indexed, scoreRun, withIntervals, type SystemScore } from '../../../training/benchmark/score-run';
import { Arguments } from '../args';
import { checkHead, embedderOf, loadEmbedder, promptsOf } from '../checkpoint';
import { openSources, ROOM } from '../files';
import { openGpu } from '../gpu';
import { checkOutput, writeOutput } from '../output-file';
import { noticesOf, printResult, progressOf } from '../output';

const RUN_TAG = 'search-r3-lab';

/**
 * `eval`: encodes a collection and the queries that the split judges, searches exactly, and scores; BM25 and the fusion
 * of both stand beside it.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'eval --checkpoint MODEL [--adapter DIR] --data BEIR_DIR --split S [--reasoning on|off] [--run-out FILE]',
    flags: {
      checkpoint: 'value',
      adapter: 'value',
      data: 'value',
      split: 'value',
      reasoning: 'value',
      'run-out': 'value',
    },
  });
  const folder = args.required('checkpoint');
  const data = args.required('data');
  const split = args.required('split');
  const reasons = args.choice('reasoning', ['off', 'on']) === 'on';
  const runOut = args.has('run-out') ? args.required('run-out') : null;
  if (runOut !== null) checkOutput(runOut, '--run-out');
  const collection = await readBeir(openSources(data, 'a folder in BEIR layout'), split, data, ROOM);
  const where = `${data}/qrels/${split}.tsv`;
  const queries = collection.queries.filter(({ id }) => collection.qrels.has(id));
  checkScorable(collection, queries, { where, writes: runOut !== null });
  const { documents } = collection;
  const checkpoint = await loadEmbedder(folder, args.optional('adapter') ?? null);
  if (reasons) checkHead(checkpoint, '--reasoning on');
  const prompts = await promptsOf(checkpoint);

  const gpu = await openGpu();
  const model = await embedderOf(gpu, checkpoint);
  const encoded = await EncodedDocuments.encode(model, prompts, documents, progressOf('passages embedded'));
  const ranked = await encoded.rank(queries, reasons, progressOf('queries embedded'));
  const { truncated, notEmitted } = ranked;
  const texts = indexed(documents);
  const leftOut = leftOutDocuments(queries, texts);
  const without = (all: readonly Ranked[]) => rankedWithout(all, queries, documents, leftOut).found;
  const found = without(ranked.found);
  const score = scoreRun(runOf(queries, documents, ranked.found), collection, where);
  const lexical = without(await bm25Rankings(texts, queries));
  const systemScore = (rankings: readonly Ranked[]): SystemScore =>
    withIntervals(evaluateRun(runOf(queries, documents, rankings), collection.qrels).perQuery.values());
  if (runOut !== null) writeOutput(runOut, writeRun(runOf(queries, documents, found), RUN_TAG));
  printResult({
    ...score,
    embed_token: prompts.embedToken,
    prompts: { query: prompts.prompt('query'), document: prompts.prompt('document') },
    truncated: { queries: truncated, docs: encoded.truncated },
    split: { docs: encoded.split, passages: encoded.passages },
    ...(reasons ? { not_emitted: notEmitted } : {}),
    ...noticesOf({ notices: [...prompts.notices, ...collection.notices] }),
    bm25: systemScore(lexical),
    fusion: systemScore(fuseRankings([lexical, found], documents)),
  });
  return 0;
}

/** What would be found out only after the work. @throws InputError */
function checkScorable(
  collection: BeirCollection,
  queries: BeirCollection['queries'],
  { where, writes }: { where: string; writes: boolean },
): void {
  scoreRun(new Map(), collection, where);
  if (!writes) return;
  const odd = [...queries, ...collection.documents].find(({ id }) => !/^\S+$/.test(id));
  if (odd)
    throw new InputError(`--run-out: id ${JSON.stringify(odd.id)}, expected ids without white space in a run file`);
}
