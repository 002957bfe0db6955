import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { documentText, parseCorpus, parseQrels, parseQueries } from './beir';
import { readBeir as read } from './collection/read-collection';
import { memoryFile, type SourceFile } from './collection/source-file';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const folder = (files: Record<string, string>): SourceFile[] =>
  Object.entries(files).map(([path, text]) => memoryFile(path, `dir/${path}`, utf8(text)));
const readBeir = (files: SourceFile[], split: string, where: string): ReturnType<typeof read> =>
  read(files, split, where, { bytes: 1e6, of: 'a test' });
const good = {
  'corpus.jsonl':
    '{"_id":"a","title":"T","text":"x","more":1}\n\n{"_id":"b","text":""}\r\n{"_id":3,"title":null,"text":"z"}',
  'queries.jsonl': '{"_id":"q","text":"?"}\n{"_id":"r","text":"!","metadata":{}}\n',
  'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq\ta\t2\nq\tgone\t1\nq\t3\t0\nlost\ta\t1\nr\tgone\t1\n',
};

describe('readBeir', () => {
  it('reads a collection and counts what it leaves out', async () => {
    const { documents, queries, qrels, leftOut } = await readBeir(folder(good), 'test', 'dir');
    expect(documents.map(({ id }) => id)).toEqual(['a', 'b', '3']);
    expect(documents.map(documentText)).toEqual(['T x', '', 'z']);
    expect(queries).toEqual([
      { id: 'q', text: '?' },
      { id: 'r', text: '!' },
    ]);
    expect(qrels).toEqual(
      new Map([
        [
          'q',
          new Map([
            ['a', 2],
            ['3', 0],
          ]),
        ],
      ]),
    );
    expect(leftOut).toEqual({ judgements_of_unknown_queries: 1, judgements_of_unknown_documents: 2 });
  });

  it('lists the splits that exist', async () => {
    const files = folder({ ...good, 'qrels/dev.tsv': '' });
    await expect(readBeir(files, 'train', 'dir')).rejects.toThrow('dir: no split "train", expected test or dev');
    await expect(readBeir(files, '../qrels/test', 'dir')).rejects.toThrow(/no split/);
    await expect(readBeir(folder({ 'corpus.jsonl': '' }), 'test', 'dir')).rejects.toThrow('dir: no qrels/*.tsv');
    const without = { 'corpus.jsonl': good['corpus.jsonl'], 'qrels/test.tsv': good['qrels/test.tsv'] };
    await expect(readBeir(folder(without), 'test', 'dir')).rejects.toThrow('dir: no queries.jsonl');
  });
});

describe('a bad line names its file and number', () => {
  it.each([
    ['{"_id":"a","text":"x"}\n{"_id":', /^c, line 2: not JSON/],
    ['[1]', /^c, line 1: \[1\], expected a JSON object/],
    ['\n{"text":"x"}', /^c, line 2: _id is missing, expected a string/],
    ['{"_id":"","text":"x"}', /_id is ""/],
    ['{"_id":1.5,"text":"x"}', /_id is 1.5/],
    ['{"_id":"a"}', /text is missing, expected a string/],
    ['{"_id":"a","text":"x","title":7}', /title is 7, expected a string/],
    ['{"_id":"a","text":"x"}\n{"_id":"b","text":"x"}\n{"_id":"a","text":"y"}', /^c, line 3: _id "a" again/],
    ['', /^c: no documents, expected at least one line/],
    ['\n \n', /^c: no documents/],
  ])('%j', (text, message) => {
    expect(() => parseCorpus(utf8(text), 'c')).toThrow(InputError);
    expect(() => parseCorpus(utf8(text), 'c')).toThrow(message);
  });

  it('binary files', () => {
    expect(() => parseCorpus(Uint8Array.of(0x50, 0x4b, 3, 4, 0), 'c')).toThrow(
      'c, line 1: a zero byte, expected a text file',
    );
    expect(() => parseQueries(Uint8Array.of(0x1f, 0x8b, 8, 1), 'c')).toThrow(
      'c, line 1: not UTF-8, expected a text file',
    );
  });

  it('a line over 64 MB', () => {
    const bytes = new Uint8Array(64_000_004).fill(0x20);
    bytes[2] = 0x0a;
    expect(() => parseCorpus(bytes, 'c')).toThrow(/^c, line 2: 64000001 bytes long, expected at most 64 MB a line/);
    // A byte less is read, and found to be blank.
    expect(() => parseCorpus(bytes.subarray(0, -1), 'c')).toThrow('c: no documents');
  });

  it.each([
    ['query-id\tcorpus-id\tscore\nq\ta\tgood', /^f, line 2: grade is "good", expected a number/],
    ['q\ta\t', /^f, line 1: grade is ""/],
    ['q\ta\tInfinity', /expected a number/],
    ['q a', /expected query, document and grade, separated by tabs/],
    ['q\t0\ta\t1\tx', /separated by tabs/],
    ['q\ta\t1\nq\ta\t2', /^f, line 2: .*after 1, expected one grade/],
  ])('%j', (text, message) => {
    expect(() => parseQrels(utf8(text), 'f')).toThrow(InputError);
    expect(() => parseQrels(utf8(text), 'f')).toThrow(message);
  });
});

it('judgements need no header, and may repeat', () => {
  expect(parseQrels(utf8('\uFEFFquery-id\tcorpus-id\tscore\r\nq\ta\t1\r\nq\ta\t1\r\n'), 'f')).toEqual(
    new Map([['q', new Map([['a', 1]])]]),
  );
  for (const header of ['qid\tdocid\tgrade', 'query_id\tcorpus_id\tscore', 'topic\tdocument\trelevance']) {
    expect([...parseQrels(utf8(`${header}\nq\ta\t1\n`), 'f').keys()]).toEqual(['q']);
  }
  // A query may be called as a header is.
  expect([...parseQrels(utf8('query\ta\t1\n'), 'f').keys()]).toEqual(['query']);
  expect(parseQrels(utf8('q\ta\t-1\n'), 'f').get('q')?.get('a')).toBe(-1);
  // As TREC writes them, with tabs, spaces or commas, and with quotes.
  for (const line of ['q 0 a 1', 'q\t0\ta\t1', 'q a 1', 'q,a,1', '"q"\t"a"\t"1"', 'query-id,corpus-id,score\nq,a,1']) {
    expect(parseQrels(utf8(`${line}\n`), 'f')).toEqual(new Map([['q', new Map([['a', 1]])]]));
  }
});

it('never fails with anything but an InputError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8), fc.string().map(utf8)), (bytes) => {
      for (const parse of [parseCorpus, parseQueries, parseQrels]) {
        try {
          parse(bytes, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }
    }),
  );
});
