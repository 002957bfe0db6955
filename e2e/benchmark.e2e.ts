import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findingsInBothThemes } from './axe';
import { writeFolder } from './files';
import { expect, test, type Page } from './journey';
import { BAD_COLLECTIONS, GOOD } from '../src/formats/bad-collections.test-data';

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const COLLECTION = {
  'corpus.jsonl': jsonl([
    { _id: 'd1', title: 'Wings', text: 'lift of a wing in a slipstream' },
    { _id: 'd2', title: '', text: 'heat flow in composite slabs' },
    { _id: 'd3', title: 'Nothing', text: '' },
    { _id: 'd4', title: 'Boundary', text: 'a boundary layer on a flat plate' },
  ]),
  'queries.jsonl': jsonl([
    { _id: 'q1', text: 'wing lift' },
    { _id: 'q2', text: 'plate' },
    { _id: 'q3', text: 'slabs, ice' },
    { _id: 'q4', text: 'unjudged' },
  ]),
  'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td4\t1\nq2\tgone\t1\nq3\td1\t1\nlost\td1\t1\n',
  'qrels/dev.tsv': 'q2\td2\t0\n',
  'notes/readme.txt': 'left alone',
};

const folder = (name: string, files: Record<string, string | Uint8Array>): string =>
  writeFolder(name, Object.entries(files));

const choose = (page: Page, path: string): Promise<void> => page.locator('input[type=file]').setInputFiles(path);

test('a folder is opened, ranked by BM25, looked into and taken away', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await page.getByRole('button', { name: 'Bench', exact: true }).click();
  await expect(page.getByText('Drop a folder or files here')).toBeVisible();
  await choose(page, folder('tiny', COLLECTION));

  const collection = page.getByRole('region', { name: 'Collection tiny' });
  await expect(collection).toContainText('4 documents (1 without a title), 4 queries');
  const split = (name: string) => collection.getByRole('radio', { name: new RegExp(`^${name}:`) });
  await expect(split('dev')).toBeChecked();
  await expect(collection).toContainText('No query of this split has a relevant document');
  await expect(collection.getByRole('button', { name: 'Rank by BM25' })).toBeDisabled();
  await split('test').check();
  await expect(collection).toContainText(
    'test: 3 judgements of 3 queries. Left out: 1 judgement of queries that queries.jsonl does not hold; ' +
      '1 judgement of documents that corpus.jsonl does not hold.',
  );
  await expect(collection.getByRole('button', { name: 'BM25, model and fusion' })).toBeDisabled();

  await collection.getByRole('button', { name: 'Rank by BM25' }).click();
  const row = page.getByRole('region', { name: 'Scores by system' }).getByRole('row').nth(1);
  await expect(row).toContainText(/^BM250\.667/);
  await page.getByRole('button', { name: /slabs, ice/ }).click();
  const query = page.getByRole('article', { name: 'Query q3' });
  await expect(query.getByRole('row', { name: /d1 Wings/ })).toContainText('–');
  await expect(query.getByRole('listitem').first()).toContainText('d2');
  expect(await findingsInBothThemes(page)).toEqual([]);

  const download = async (name: string): Promise<string> => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return readFileSync(await file.path(), 'utf8');
  };
  expect(await download('tiny.bm25.trec')).toMatch(/^q1 Q0 d1 1 \S+ search-r3-lab-bm25\n/);
  expect(await download('tiny.metrics.csv')).toMatch(/^system,metric,value,low95,high95\r\nbm25,ndcg_cut_10,0\.666/);
  expect(JSON.parse(await download('tiny.metrics.json'))).toMatchObject({ split: 'test', queries: 3, documents: 4 });

  // A session that trains on them names them by their content.
  await page.getByRole('button', { name: 'Train a model on these documents' }).click();
  const named = page.getByRole('group', { name: 'Settings' }).locator('#field-task\\.corpus');
  await expect(named).toHaveText('tiny');
  const hash = createHash('sha256').update(COLLECTION['corpus.jsonl']).digest('hex');
  await expect(named).toHaveAttribute('title', `SHA-256 ${hash}`);
  expect(errors).toEqual([]);
});

test('a bad folder is named by file and line, and a mended one opens', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Bench', exact: true }).click();
  const alert = page.getByRole('alert');
  for (const { what, file, contents, message } of BAD_COLLECTIONS) {
    const name = what.replaceAll(' ', '-');
    await choose(page, folder(name, { ...GOOD, [file]: contents() }));
    if (file.startsWith('qrels/')) {
      // A split that cannot be read is no reason to refuse the documents.
      const opened = page.getByRole('region', { name: `Collection ${name}` });
      await expect(opened).toContainText(`${name}${message}`);
      await page.reload();
      await page.getByRole('button', { name: 'Bench', exact: true }).click();
      continue;
    }
    await expect(alert).toContainText(`${name}${message}`);
    await expect(alert).toContainText('Nothing was opened');
  }
  await choose(page, folder('other', { 'picture.png': 'no collection' }));
  await expect(alert).toContainText('no documents in it (it holds 1 .png), expected a folder in BEIR layout');
  await choose(page, folder('mended', COLLECTION));
  await expect(page.getByRole('region', { name: 'Collection mended' })).toBeVisible();
  await expect(alert).toHaveCount(0);
  // What is open stays so when something else cannot be opened; a bad split does not keep the others out.
  await choose(page, folder('worse', { 'corpus.jsonl': '{' }));
  await expect(alert).toContainText('mended is still open.');
  await expect(page.getByRole('region', { name: 'Collection mended' })).toBeVisible();
  await choose(page, folder('part', { ...COLLECTION, 'qrels/train.tsv': 'q1\td1\n', 'qrels/._test.tsv': '\0' }));
  const part = page.getByRole('region', { name: 'Collection part' });
  await expect(part).toContainText('train is not read: part/qrels/train.tsv, line 1: "q1\\td1", expected query');
  await expect(part.getByRole('radio')).toHaveCount(2);
});

test('queries of which no document holds a word are said to find none', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Bench', exact: true }).click();
  const queries = jsonl([{ _id: 'q1', text: 'крыло' }, { _id: 'q2', text: '翼' }, { _id: 'q3', text: 'slabs' }]); // prettier-ignore
  const qrels = 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td1\t1\nq3\td2\t1\n';
  const files = { 'corpus.jsonl': COLLECTION['corpus.jsonl'], 'queries.jsonl': queries, 'qrels/test.tsv': qrels };
  await choose(page, folder('scripts', files));
  await page.getByRole('button', { name: 'Rank by BM25' }).click();
  await expect(page.getByRole('row', { name: /^BM25/ }).first()).toContainText('0.333');
  await expect(page.locator('main')).toContainText(
    'BM25 finds no document for 2 queries: none of their words stands in any.',
  );
});

test('files dropped on the page are read', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Bench', exact: true }).click();
  const transfer = await page.evaluateHandle((files) => {
    const made = new DataTransfer();
    for (const [name, text] of files) made.items.add(new File([text], name));
    return made;
  }, Object.entries(COLLECTION).filter(([name]) => !name.includes('/'))); // prettier-ignore
  await page.getByRole('region', { name: 'Open a collection' }).dispatchEvent('drop', { dataTransfer: transfer });
  const collection = page.getByRole('region', { name: 'Collection folder' });
  await expect(collection).toContainText('4 documents');
  await expect(collection).toContainText('There are no judgements that can be read');
});

test('tables and packed files are chosen by a button; one that cannot be read leaves open what was', async ({
  page,
}) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Bench', exact: true }).click();
  const rows = Array.from({ length: 12 }, (_, i) => ({ docid: `d${i}`, title: `Ship ${i}`, text: `ship number ${i}` }));
  const csv = rows.map(({ docid, title, text }) => `${docid},"${title}","${text}"\n`).join('');
  const files = folder('files', {
    'ships.csv': `id,title,text\n${csv}`,
    'packed.jsonl.gz': gzipSync(jsonl(rows)),
    'broken.jsonl': '{"_id": 5\n',
  });
  const pick = async (name: string): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles(join(files, name));
  };
  await pick('ships.csv');
  await expect(page.getByRole('region', { name: 'Collection ships' })).toContainText('12 documents');
  await pick('packed.jsonl.gz');
  const packed = page.getByRole('region', { name: /^Collection packed/ });
  await expect(packed).toContainText('12 documents');
  await pick('broken.jsonl');
  await expect(page.getByRole('alert')).toContainText(/^broken.jsonl, line 1: .*is still open/s);
  await expect(packed).toContainText('12 documents');
});
