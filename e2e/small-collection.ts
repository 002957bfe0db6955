export const jsonl = (rows: readonly object[]): Uint8Array =>
  new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

/** Three documents with two judged queries, one of which is a document's own text. @param first text of the first */
export const smallCollection = (first = 'lift of a wing in slipstream'): Map<string, Uint8Array> =>
  new Map([
    [
      'corpus.jsonl',
      jsonl([
        { _id: 'd1', title: 'wing', text: first },
        { _id: 'd2', title: '', text: 'heat flow in composite slabs' },
        { _id: 'd3', title: 'plate', text: 'a boundary layer on a flat plate' },
      ]),
    ],
    ['queries.jsonl', jsonl([{ _id: 'q1', text: 'heat flow in composite slabs' }, { _id: 'q2', text: 'wing lift' }])], // prettier-ignore
    ['qrels/test.tsv', new TextEncoder().encode('query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t1\n')],
  ]);
