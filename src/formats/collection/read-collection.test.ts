import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { filesOf, gz, utf8, zip } from './collection.test-data';
import { readBeir, readCollection, readCorpusAlone, type Collection } from './read-collection';

const room = { bytes: 1e6, of: 'a test' };
const open = (contents: Record<string, string | Uint8Array>): Promise<Collection> =>
  readCollection(filesOf(contents), 'dir', room);

const CORPUS = '{"_id":"a","title":"Wings","text":"lift"}\n{"_id":"b","text":"slabs"}\n';
const QUERIES = '{"_id":"q","text":"wing"}\n';
const documents = [
  { id: 'a', title: 'Wings', text: 'lift' },
  { id: 'b', title: '', text: 'slabs' },
];

describe('what people bring', () => {
  it.each([
    ['BEIR', { 'corpus.jsonl': CORPUS }],
    ['BEIR within folders', { 'data/set/corpus.jsonl': CORPUS, 'data/readme.md': '# About' }],
    ['gzip', { 'corpus.jsonl.gz': gz(CORPUS) }],
    ['zip', { 'set.zip': zip({ 'set/corpus.jsonl': CORPUS, '__MACOSX/._corpus.jsonl': '\0' }) }],
    ['other keys', { 'docs.jsonl': CORPUS.replaceAll('_id', 'docid').replaceAll('"text"', '"contents"') }],
    ['CSV', { 'corpus.csv': 'id,title,text\r\na,Wings,lift\r\nb,,slabs\r\n' }],
    ['CSV with semicolons', { 'corpus.csv': '_id;title;text\na;Wings;lift\nb;;"slabs"\n' }],
    [
      'CSV in gzip, after a byte order mark',
      { 'my.csv.gz': gz('\uFEFF"id","title","text"\n"a","Wings","lift"\nb,,slabs') },
    ],
    ['TSV without names', { 'collection.tsv': 'a1\tlift\tWings\nb1\tslabs\t\n' }],
    ['several files', { 'one.jsonl': CORPUS.split('\n')[0]!, 'two.csv': 'docid,text\nb,slabs\n' }],
  ])('%s', async (what, contents) => {
    const { corpus, queries } = await open(contents);
    const expected = what.startsWith('TSV') ? documents.map((one) => ({ ...one, id: `${one.id}1` })) : documents;
    expect(corpus.documents).toEqual(expected);
    expect(queries).toEqual([]);
  });

  it('names columns that it reads under another name, and files that it leaves aside', async () => {
    const { notices } = await open({
      'corpus.jsonl': CORPUS.replaceAll('_id', 'doc_id'),
      'queries.tsv': 'id\ttext\nq\twing\n',
      'report.pdf': 'x',
    });
    expect(notices).toEqual([
      'dir/corpus.jsonl: "doc_id" is taken for "_id".',
      'report.pdf is left aside: it is no part of a collection.',
    ]);
    expect((await open({ 'a.csv': 'text\nlift\nslabs\n' })).corpus.documents.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('reads quoted fields', async () => {
    const csv = 'id,text\na,"one, ""two""\nand\n\nthree"\n\nb,"x"\n';
    const read = (await open({ 'corpus.csv': csv })).corpus.documents;
    expect(read.map(({ text }) => text)).toEqual(['one, "two"\nand\n\nthree', 'x']);
    // In a TSV a row is a line, and a quote may be what somebody said.
    const tsv = 'id\ttext\na\t"Quoted" said she\nb\t"all ""of"" it"\nc\t"open\n';
    const lines = (await open({ 'corpus.tsv': tsv })).corpus.documents;
    expect(lines.map(({ text }) => text)).toEqual(['"Quoted" said she', 'all "of" it', '"open']);
  });

  it('reads texts, notes and pages, with their titles', async () => {
    const { corpus, notices } = await open({
      'notes/10.txt': 'no title here, but words\nand more',
      'notes/2 two.txt': 'On wings\n\nThey lift.\n',
      'notes/empty.txt': ' \n',
      'notes/photo.txt': Uint8Array.of(1, 0, 2),
      'notes/alt.txt': Uint8Array.of(0x47, 0x72, 0xf6, 0xdf, 0x65),
      'notes/a.md':
        '---\ntitle: "Given"\n---\n# Head\n\nSome *marked* [link](http://x.y) &amp; `code`.\n\n- one\n- two\n',
      'notes/b.md': '# Head\n\nText',
      'notes/c.html':
        '<html><head><title>Slabs &mdash; Site</title><style>p{}</style></head><body><nav>Menu</nav><h1>Slabs</h1><p>Heat<br>flows</p><script>1</script></body></html>',
    });
    expect(corpus.documents).toEqual([
      { id: '2_two.txt', title: 'On wings', text: 'They lift.' },
      { id: '10.txt', title: '10', text: 'no title here, but words\nand more' },
      { id: 'a.md', title: 'Given', text: 'Head\nSome marked link & code.\none\ntwo' },
      { id: 'alt.txt', title: 'alt', text: 'Größe' },
      { id: 'b.md', title: 'Head', text: 'Text' },
      { id: 'c.html', title: 'Slabs', text: 'Heat\nflows' },
    ]);
    expect(notices).toEqual([
      'empty.txt is left out: nothing is written in it.',
      'photo.txt is left out: not a text.',
      'alt.txt is read as Windows-1252: not UTF-8.',
    ]);
  });

  it('is named by the same hash however it is packed', async () => {
    const plain = await open({ 'corpus.jsonl': CORPUS });
    expect(plain.corpus.bytes).toEqual(utf8(CORPUS));
    const packed = await open({ 'x.zip': zip({ 'corpus.jsonl': CORPUS }) });
    expect(packed.corpus.hash).toBe(plain.corpus.hash);
    const csv = await open({ 'a.csv': 'id,title,text\na,Wings,lift\nb,,slabs\n' });
    const tsv = await open({ 'a.tsv.gz': gz('id\ttext\ttitle\na\tlift\tWings\nb\tslabs\t\n') });
    expect(tsv.corpus.hash).toBe(csv.corpus.hash);
    const again = await open({ 'corpus.jsonl': csv.corpus.bytes });
    expect(again.corpus).toEqual(csv.corpus);
  });
});

describe('judgements', () => {
  it('one that cannot be read does not keep the others from opening', async () => {
    const { splits, unreadable } = await open({
      'corpus.jsonl': CORPUS,
      'queries.jsonl': QUERIES,
      'qrels/._test.tsv': '\0',
      'qrels/test.tsv': 'q\ta\t1\n',
      'qrels/dev.txt': 'q 0 a 2\n',
      'qrels/train.tsv': 'q\ta\t1\nq\tb\n',
    });
    expect([...splits.keys()]).toEqual(['test', 'dev']);
    expect(splits.get('dev')?.get('q')?.get('a')).toBe(2);
    expect(unreadable).toEqual([{ split: 'train', reason: expect.stringMatching(/^dir\/qrels\/train.tsv, line 2: "q\\tb", expected query, document and grade/) as string }]); // prettier-ignore
  });

  it('may lie beside the corpus', async () => {
    const { splits } = await open({ 'corpus.jsonl': CORPUS, 'qrels.txt': 'q 0 a 1\n', 'trec.qrels': 'q 0 b 1\n' });
    expect([...splits.keys()]).toEqual(['qrels', 'trec']);
  });

  it('are scored by their split alone', async () => {
    const files = { 'corpus.csv': 'id,text\na,x\n', 'queries.csv': 'id,query\nq,x\n', 'qrels/test.tsv': 'q 0 a 1\n', 'qrels/bad.tsv': 'no' }; // prettier-ignore
    const read = await readBeir(filesOf(files), 'test', 'dir', room);
    expect(read.qrels).toEqual(new Map([['q', new Map([['a', 1]])]]));
  });

  it('queries may exclude documents', async () => {
    const { queries } = await open({
      'corpus.jsonl': CORPUS,
      'queries.jsonl': '{"_id":"q","text":"x","excluded_ids":["a"]}\n{"_id":"r","text":"","excluded_ids":["N/A"]}\n',
    });
    expect(queries).toEqual([
      { id: 'q', text: 'x', excluded: ['a'] },
      { id: 'r', text: '' },
    ]);
  });
});

describe('what cannot be read says where, and what would be', () => {
  it.each<[Record<string, string | Uint8Array>, string | RegExp]>([
    [{}, /^dir: no documents in it, expected a folder in BEIR layout or documents as corpus.jsonl or other/],
    [{ 'a.pdf': 'x', 'b.pdf': 'y', 'c.docx': '' }, /^dir: no documents in it \(it holds 2 \.pdf, 1 \.docx\), expected/],
    [{ 'queries.jsonl': QUERIES }, /^dir: no corpus.jsonl \(it holds 1 \.jsonl\), expected/],
    [{ '.hidden.txt': 'x' }, /^dir: no documents/],
    [{ 'a.csv': 'name,price\nx,1\n' }, 'dir/a.csv, line 1: columns "name, price", expected a column named text'],
    [{ 'a.csv': 'id,text\na,x\nb\n' }, 'dir/a.csv, line 3: 1 fields, expected 2, as in the first row'],
    [{ 'a.csv': 'id,text\na,"x\nb,y\n' }, 'dir/a.csv, line 2: a quoted field that is never closed'],
    [{ 'a.csv': 'id,text\na,"x" y\nb,"z"\n' }, 'dir/a.csv, line 2: a quote within a quoted field, expected it doubled'],
    [{ 'a.csv': 'id,text\na,x\na,y\n' }, 'dir/a.csv, line 3: _id "a" again'],
    [{ 'a.csv': 'id,text\n,x\n' }, 'dir/a.csv, line 2: _id is "", expected a string'],
    [{ 'a.csv': 'id,text\n' }, 'dir/a.csv: no documents, expected at least one line'],
    [
      { 'corpus.jsonl.gz': gz(CORPUS).subarray(0, 40) },
      'dir/corpus.jsonl.gz: cannot be unpacked, expected a whole gzip file',
    ],
    [{ 'corpus.jsonl.gz': CORPUS }, 'dir/corpus.jsonl.gz: cannot be unpacked'],
    [
      { 'a.zip': zip({ 'a.txt': 'words' }).subarray(0, 50) },
      'dir/a.zip: cannot be unpacked, expected a whole zip file',
    ],
    [{ 'a.zip': zip({ 'corpus.jsonl': '{' }) }, 'dir/a.zip/corpus.jsonl, line 1: not JSON'],
    [{ 'corpus.jsonl': CORPUS, 'queries.jsonl': '[]' }, 'dir/queries.jsonl, line 1: [], expected a JSON object'],
    [
      { 'corpus.jsonl': CORPUS, 'queries.jsonl': '{"_id":"q","text":"x","excluded_ids":"a"}' },
      'excluded_ids is "a", expected a list of strings',
    ],
    [
      { 'corpus.jsonl': 'x'.repeat(1_000_001) },
      'dir/corpus.jsonl: 1 MB of documents, expected at most 1 MB, which a test can hold',
    ],
    [
      { 'corpus.jsonl.gz': gz(`{"_id":"a","text":"${'x'.repeat(1_000_001)}"}`) },
      'dir/corpus.jsonl.gz: more than 1 MB of documents',
    ],
    [{ 'a.txt': ' ', 'b.txt': '' }, 'dir/a.txt: no text in it, expected files with a text'],
  ])('%j', async (contents, message) => {
    // Big pieces: a megabyte in sevens takes its time.
    const opened = readCollection(filesOf(contents, 65_536), 'dir', room);
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(InputError);
  });

  it('a lone file is documents, whatever it is called', async () => {
    const read = await readCorpusAlone(filesOf({ 'texts.json': CORPUS }), 'texts.json', room);
    expect(read.documents).toEqual(documents);
  });
});

it('never fails with anything but an InputError', { timeout: 30_000 }, async () => {
  const table = fc
    .array(fc.array(fc.oneof(fc.string(), fc.constantFrom('"', '""', 'a"b', '\n', ',', '\t')), { maxLength: 4 }))
    .map((rows) => rows.map((row) => row.join(',')).join('\n'));
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), table, fc.json(), fc.string());
  const name = fc.constantFrom('corpus.jsonl', 'a.csv', 'a.tsv', 'a.txt', 'a.md', 'a.html', 'a.zip', 'a.csv.gz', 'qrels/t.tsv'); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, content, { maxKeys: 3 }), async (contents) => {
      try {
        await open({ 'queries.csv': 'id,text\nq,x', ...contents });
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 300 },
  );
});

it('what a table writer quotes is read back', async () => {
  const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const word = fc.string({ minLength: 1 }).filter((text) => !/[\r\n\0]/.test(text) && text.trim() !== '');
  const text = fc.array(fc.oneof(word, fc.constantFrom('"', ',', '\n', 'a'))).map((parts) => `x${parts.join('')}`);
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (texts) => {
      const csv = ['id,text', ...texts.map((cell, i) => `d${i},${quoted(cell)}`)].join('\n');
      const read = await open({ 'a.csv': csv });
      expect(read.corpus.documents.map((document) => document.text)).toEqual(texts);
    }),
    { numRuns: 200 },
  );
});
