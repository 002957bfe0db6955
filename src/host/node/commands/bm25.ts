import { readBeir } from '../../../formats/collection/read-collection';
import { bm25Rankings, queriesWithoutWord, runOf } from '../../../retrieval/rankings';
import { indexed, scoreRun } from '../../../training/benchmark/score-run';
import { Arguments } from '../args';
import { openSources, ROOM } from '../files';
import { noticesOf, printResult, wordlessNotices } from '../output';

/** `lab bm25`: ranks the documents for the queries that a split judges by BM25, the lexical baseline. */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'bm25 --data BEIR_DIR --split S',
    flags: { data: 'value', split: 'value' },
  });
  const data = args.required('data');
  const split = args.required('split');
  const collection = await readBeir(openSources(data, 'a folder in BEIR layout'), split, data, ROOM);
  const documents = indexed(collection.documents);
  const queries = collection.queries.filter(({ id }) => collection.qrels.has(id));
  const ranked = await bm25Rankings(documents, queries);
  const found = runOf(queries, documents, ranked);
  const notices = [...collection.notices, ...wordlessNotices(queriesWithoutWord(ranked))];
  printResult({ ...scoreRun(found, collection, `${data}/qrels/${split}.tsv`), ...noticesOf({ notices }) });
  return 0;
}
