import { documentText, readBeir } from '../../../formats/beir';
import { bm25Run } from '../../../retrieval/bm25-run';
import { Arguments } from '../args';
import { openFolder } from '../files';
import { printResult } from '../output';
import { scoreRun } from '../score-run';

/** `lab bm25`: the lexical baseline over the queries that the split judges. */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'bm25 --data BEIR_DIR --split S',
    flags: { data: 'value', split: 'value' },
  });
  const data = args.required('data');
  const split = args.required('split');
  const collection = await readBeir(openFolder(data, 'a folder in BEIR layout'), split, data);
  const found = bm25Run(
    collection.documents.map((document) => ({ id: document.id, text: documentText(document) })),
    collection.queries.filter(({ id }) => collection.qrels.has(id)),
  );
  printResult(scoreRun(found, collection, `${data}/qrels/${split}.tsv`));
  return 0;
}
