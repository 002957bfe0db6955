import { documentText, readBeir } from '../../../formats/beir';
import { bm25Rankings, runOf } from '../../../retrieval/rankings';
import { scoreRun } from '../../../training/benchmark/score-run';
import { Arguments } from '../args';
import { openFolder } from '../files';
import { printResult } from '../output';

/** `lab bm25`: the lexical baseline over the queries that the split judges. */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'bm25 --data BEIR_DIR --split S',
    flags: { data: 'value', split: 'value' },
  });
  const data = args.required('data');
  const split = args.required('split');
  const collection = await readBeir(openFolder(data, 'a folder in BEIR layout'), split, data);
  const documents = collection.documents.map((document) => ({ id: document.id, text: documentText(document) }));
  const queries = collection.queries.filter(({ id }) => collection.qrels.has(id));
  const found = runOf(queries, documents, await bm25Rankings(documents, queries));
  printResult(scoreRun(found, collection, `${data}/qrels/${split}.tsv`));
  return 0;
}
