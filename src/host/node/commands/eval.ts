import { documentText, readBeir, type BeirCollection } from '../../../formats/beir';
import { writeRun } from '../../../formats/trec';
import { InputError } from '../../../lib/errors';
import { evaluateRun } from '../../../retrieval/metrics';
import { bm25Rankings, fuseRankings, runOf } from '../../../retrieval/rankings';
import type { Ranked } from '../../../retrieval/top-k';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import { scoreRun, withIntervals, type SystemScore } from '../../../training/benchmark/score-run';
import { Arguments } from '../args';
import { loadCheckpoint, modelOf, promptsOf } from '../checkpoint';
import { openFolder } from '../files';
import { openGpu } from '../gpu';
import { checkOutput, writeOutput } from '../output-file';
import { printResult, progressOf } from '../output';

const RUN_TAG = 'search-r3-lab';

/**
 * `eval`: encodes a collection and the queries that the split judges, searches exactly, and scores; BM25 and the fusion
 * of both stand beside it.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'eval --checkpoint DIR --data BEIR_DIR --split S [--reasoning on|off] [--run-out FILE]',
    flags: { checkpoint: 'value', data: 'value', split: 'value', reasoning: 'value', 'run-out': 'value' },
  });
  const folder = args.required('checkpoint');
  const data = args.required('data');
  const split = args.required('split');
  const reasons = args.choice('reasoning', ['off', 'on']) === 'on';
  const runOut = args.has('run-out') ? args.required('run-out') : null;
  if (runOut !== null) checkOutput(runOut, '--run-out');
  const collection = await readBeir(openFolder(data, 'a folder in BEIR layout'), split, data);
  const where = `${data}/qrels/${split}.tsv`;
  const queries = collection.queries.filter(({ id }) => collection.qrels.has(id));
  checkScorable(collection, queries, { where, writes: runOut !== null });
  const { documents } = collection;
  const checkpoint = await loadCheckpoint(folder);
  const prompts = promptsOf(checkpoint);

  const gpu = await openGpu();
  const model = modelOf(gpu, checkpoint);
  const encoded = await EncodedDocuments.encode(model, prompts, documents, progressOf('passages embedded'));
  const { found, truncated, notEmitted } = await encoded.rank(queries, reasons, progressOf('queries embedded'));
  const ranked = runOf(queries, documents, found);
  const score = scoreRun(ranked, collection, where);
  const indexed = documents.map((document) => ({ id: document.id, text: documentText(document) }));
  const lexical = await bm25Rankings(indexed, queries);
  const systemScore = (rankings: readonly Ranked[]): SystemScore =>
    withIntervals(evaluateRun(runOf(queries, documents, rankings), collection.qrels).perQuery.values());
  if (runOut !== null) writeOutput(runOut, writeRun(ranked, RUN_TAG));
  printResult({
    ...score,
    truncated: { queries: truncated },
    split: { docs: encoded.split, passages: encoded.passages },
    ...(reasons ? { not_emitted: notEmitted } : {}),
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
