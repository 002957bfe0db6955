/**
 * A collection in the layout of the SMART system (`.I` an id, `.T` a title, `.W` a text), as MEDLINE, CACM and others are
 * handed on, into BEIR's layout, for `own-documents.ts`.
 *
 *   node scripts/bench.mjs smart-collection MED.ALL MED.QRY MED.REL FOLDER
 *
 * The judgements are lines of a query, anything, a document, anything. Documents and queries keep their numbers as ids.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const [documents, queries, judgements, folder] = process.argv.slice(2);
if (!documents || !queries || !judgements || !folder) {
  throw new Error('smart-collection DOCUMENTS QUERIES JUDGEMENTS FOLDER: four paths are expected');
}

/** Records by id, each with the text of its fields. */
function read(path: string): Map<string, Map<string, string>> {
  const records = new Map<string, Map<string, string>>();
  let fields = new Map<string, string>();
  let field = '';
  for (const line of readFileSync(path, 'latin1').split('\n')) {
    const id = /^\.I\s+(\d+)/.exec(line)?.[1];
    const named = /^\.([A-Z])\s*$/.exec(line)?.[1];
    if (id !== undefined) records.set(id, (fields = new Map<string, string>()));
    else if (named !== undefined) field = named;
    else fields.set(field, `${fields.get(field) ?? ''} ${line}`.replace(/\s+/g, ' ').trim());
  }
  return records;
}

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const found = read(documents);
const asked = read(queries);
const judged = readFileSync(judgements, 'latin1')
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
  .filter(([query = '', , document = '']) => asked.has(query) && found.has(document));
mkdirSync(`${folder}/qrels`, { recursive: true });
writeFileSync(
  `${folder}/corpus.jsonl`,
  lines([...found].map(([id, of]) => ({ _id: id, title: of.get('T') ?? '', text: of.get('W') ?? '' }))),
);
writeFileSync(`${folder}/queries.jsonl`, lines([...asked].map(([id, of]) => ({ _id: id, text: of.get('W') ?? '' }))));
writeFileSync(
  `${folder}/qrels/test.tsv`,
  `query-id\tcorpus-id\tscore\n${judged.map(([query, , document]) => `${query}\t${document}\t1\n`).join('')}`,
);
process.stdout.write(`${found.size} documents, ${asked.size} queries, ${judged.length} judgements\n`);
