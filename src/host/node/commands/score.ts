import { readBeir } from '../../../formats/collection/read-collection';
import { parseRun } from '../../../formats/trec';
import { scoreRun } from '../../../training/benchmark/score-run';
import { Arguments } from '../args';
import { openSources, readBytes, ROOM } from '../files';
import { noticesOf, printResult } from '../output';

/** `lab score`: prints the metrics of a TREC run file. */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'score --run FILE --data BEIR_DIR --split S',
    flags: { run: 'value', data: 'value', split: 'value' },
  });
  const file = args.required('run');
  const data = args.required('data');
  const split = args.required('split');
  const documents = parseRun(readBytes(file, 'a TREC run file'), file);
  const collection = await readBeir(openSources(data, 'a folder in BEIR layout'), split, data, ROOM);
  printResult({ ...scoreRun(documents, collection, `${data}/qrels/${split}.tsv`), ...noticesOf(collection) });
  return 0;
}
