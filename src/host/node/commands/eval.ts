import { documentText, readBeir, type BeirCollection } from '../../../formats/beir';
import { writeRun, type Run } from '../../../formats/trec';
import { InputError } from '../../../lib/errors';
import { RUN_DEPTH } from '../../../retrieval/bm25-run';
import { compareBytes } from '../../../retrieval/metrics';
import { Arguments } from '../args';
import { loadCheckpoint, modelOf } from '../checkpoint';
import { Embedder } from '../embedder';
import { EmbeddingPrompts } from '../embedding-prompts';
import { exactSearch } from '../exact-search';
import { openFolder } from '../files';
import { openGpu } from '../gpu';
import { checkOutput, writeOutput } from '../output-file';
import { printResult, progress } from '../output';
import { scoreRun } from '../score-run';

const RUN_TAG = 'search-r3-lab';

/** `eval`: encodes a collection and the queries that the split judges, searches exactly, and scores. */
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
  const prompts = new EmbeddingPrompts(checkpoint);
  const documentPrompts = prompts.direct(documents.map(documentText));
  const texts = queries.map(({ text }) => text);
  const queryPrompts = reasons ? prompts.reasoning(texts) : prompts.direct(texts);

  const gpu = await openGpu();
  const model = modelOf(gpu, checkpoint);
  const tell = (what: string) => (done: number, of: number) => progress(`${done}/${of} ${what} embedded`);
  const documentVectors = await new Embedder(model, prompts, tell('documents')).direct(documentPrompts.sequences);
  const embedder = new Embedder(model, prompts, tell('queries'));
  const { vectors, notEmitted } = reasons
    ? await embedder.reasoning(queryPrompts.sequences)
    : { vectors: await embedder.direct(queryPrompts.sequences), notEmitted: 0 };
  const found = await exactSearch(
    gpu,
    { queries: vectors, documents: documentVectors, channels: checkpoint.arch.hidden_size },
    RUN_DEPTH,
    // As trec_eval breaks ties, so that `score` reads the same ranking from the run.
    (a, b) => compareBytes(documents[b]!.id, documents[a]!.id),
  );
  const ranked: Run = new Map(
    queries.map(({ id }, i) => {
      const { rows, scores } = found[i]!;
      return [id, Array.from(rows, (row, at) => ({ id: documents[row]!.id, score: scores[at]! }))];
    }),
  );
  const score = scoreRun(ranked, collection, where);
  if (runOut !== null) writeOutput(runOut, writeRun(ranked, RUN_TAG));
  printResult({
    ...score,
    truncated: { queries: queryPrompts.truncated, docs: documentPrompts.truncated },
    ...(reasons ? { not_emitted: notEmitted } : {}),
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
