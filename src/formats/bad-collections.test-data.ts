/** A valid collection of two documents. */
export const GOOD = {
  'corpus.jsonl': '{"_id":"a","text":"wing"}\n{"_id":"b","text":"slab"}\n',
  'queries.jsonl': '{"_id":"q","text":"wing"}\n',
  'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq\ta\t1\n',
};

const line = (id: string): string => `{"_id":"${id}","text":"x"}\n`;

/** Faults of a collection: the file, its wrong contents, and the message after the folder's name. */
export const BAD_COLLECTIONS: readonly {
  what: string;
  file: keyof typeof GOOD;
  contents: () => string | Uint8Array;
  message: string;
}[] = [
  {
    what: 'a line that is no JSON',
    file: 'corpus.jsonl',
    contents: () => `${line('a')}not json\n`,
    message: '/corpus.jsonl, line 2: not JSON',
  },
  {
    what: 'no _id',
    file: 'corpus.jsonl',
    contents: () => `${line('a')}{"text":"x"}\n`,
    message: '/corpus.jsonl, line 2: _id is missing, expected a string',
  },
  {
    what: 'an id twice',
    file: 'corpus.jsonl',
    contents: () => `${line('a')}${line('b')}${line('a')}`,
    message: '/corpus.jsonl, line 3: _id "a" again, expected every _id once',
  },
  {
    what: 'a binary file',
    file: 'corpus.jsonl',
    contents: () => Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0),
    message: '/corpus.jsonl, line 1: a zero byte, expected a text file',
  },
  {
    what: 'a line over 64 MB',
    file: 'corpus.jsonl',
    contents: () => `${line('a')}${' '.repeat(64_000_001)}`,
    message: '/corpus.jsonl, line 2: 64000001 bytes long, expected at most 64 MB a line',
  },
  {
    what: 'no documents',
    file: 'corpus.jsonl',
    contents: () => '',
    message: '/corpus.jsonl: no documents, expected at least one line',
  },
  {
    what: 'a grade that is no number',
    file: 'qrels/test.tsv',
    contents: () => 'query-id\tcorpus-id\tscore\nq\ta\thigh\n',
    message: '/qrels/test.tsv, line 2: grade is "high", expected a number',
  },
];
