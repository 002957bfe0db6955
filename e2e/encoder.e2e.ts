import reference from '../src/formats/bert/minilm.json' with { type: 'json' };
import { hasMiniLm, MINILM_PATH } from '../src/formats/minilm.test-data';
import { findings } from './axe';
import { writeFolder } from './files';
import { expect, test } from './journey';
import { smallCheckpoint } from './small-checkpoint';
import { jsonl, smallCollection } from './small-collection';
import { smallEncoder } from './small-encoder';
import { openView, withoutGuide } from './steps';

/** A small embedder that somebody else trained: opened, searched with, and in Bench beside BM25. */

test.beforeEach(({ page }) => withoutGuide(page));

/** Its first document is longer than the encoder reads. */
const COLLECTION = smallCollection('lift of a wing in slipstream on a flat plate of composite slabs');

test('an encoder says what it is, searches, and stands in Bench beside BM25 and a model', async ({ page }) => {
  test.setTimeout(120_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  await page.getByLabel('Model folder').setInputFiles(writeFolder('tiny-bert', smallEncoder()));
  const facts = page.getByRole('region', { name: 'What it is' });
  await expect(facts).toContainText('bert, 2 layers of 32 channels, 2 heads, 19 tokens');
  await expect(facts).toContainText('an encoder: it embeds and writes nothing');
  await expect(facts).toContainText('64 tokens; a text is cut after 8, as its folder says');
  await expect(facts).toContainText('all its tokens: the mean of their last states');
  await expect(page.getByRole('region', { name: 'Adapt' })).toHaveCount(0);
  const plan = page.getByRole('region', { name: 'What it takes' });
  await expect(plan.getByRole('status')).toContainText('It fits.');
  await expect(plan.getByRole('combobox', { name: /^What for/ })).toHaveCount(0);

  const section = page.getByRole('region', { name: 'Embed and search' });
  await section.locator('input[type=file]').setInputFiles(writeFolder('notes', COLLECTION));
  await section.getByRole('button', { name: 'Embed 3 documents' }).click();
  await expect(section).toContainText(/notes: 3 documents, of which 2 are longer than it reads and lost their end, 32 numbers each/, { timeout: 60_000 }); // prettier-ignore
  await section.getByRole('button', { name: 'heat flow in composite slabs' }).click();
  const found = section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem');
  await expect(found.first()).toContainText('d2');
  await expect(found.first()).toContainText('1.000');
  expect(await findings(page)).toEqual([]);

  // In Bench it stands beside BM25 of itself.
  await section.getByRole('button', { name: 'Score it in Bench' }).click();
  const collection = page.getByRole('region', { name: 'Collection notes' });
  await collection.getByRole('button', { name: 'Rank by both' }).click();
  const scores = page.getByRole('region', { name: 'Scores by system' });
  await expect(scores.getByRole('rowheader')).toHaveText(['BM25', 'tiny-bert', 'BM25 and tiny-bert'], { timeout: 60_000 }); // prettier-ignore
  const result = page.getByRole('region', { name: 'Benchmark result' });
  await expect(result).toContainText('2 documents longer than tiny-bert reads lost their end to it.');
  await expect(result).toContainText(
    'Weights: no other split has judged queries, and 0 titles can be asked for, fewer than 20: both count the same.',
  );
  await expect(page.getByRole('button', { name: 'notes.fusion_rival.trec' })).toBeVisible();
  expect(await findings(page)).toEqual([]);

  // Beside another model, and left out where that is wanted.
  await openView(page, 'Models');
  await page.getByRole('button', { name: 'All models' }).click();
  await page.getByLabel('Model folder').setInputFiles(writeFolder('small', smallCheckpoint()));
  await expect(page.getByRole('heading', { name: 'small', level: 1 })).toBeVisible();
  await openView(page, 'Bench');
  await collection.getByRole('combobox', { name: 'Model of' }).selectOption({ label: 'small' });
  const all = collection.getByRole('button', { name: 'BM25, model and fusion' });
  await all.click();
  await expect(scores.getByRole('rowheader')).toHaveText(
    [
      'BM25',
      'tiny-bert',
      'BM25 and tiny-bert',
      'no reasoning',
      'BM25 and no reasoning',
      'BM25, tiny-bert and the model',
    ],
    { timeout: 60_000 },
  );
  await collection.getByRole('combobox', { name: 'Beside BM25' }).selectOption({ label: 'nothing else' });
  await all.click();
  await expect(scores.getByRole('rowheader')).toHaveText(['BM25', 'no reasoning', 'BM25 and no reasoning'], { timeout: 60_000 }); // prettier-ignore
  expect(errors).toEqual([]);
});

test('a folder of another kind is refused by its name', async ({ page }) => {
  await page.goto('./');
  await openView(page, 'Models');
  const files = smallEncoder();
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as object;
  files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...config, model_type: 'roberta' })));
  await page.getByLabel('Model folder').setInputFiles(writeFolder('other', files));
  await expect(page.getByRole('alert')).toContainText(
    'other/config.json: model_type is "roberta", expected one of llama, qwen2, qwen3, or bert to embed alone',
  );
});

test('all-MiniLM-L6-v2 finds by the cosines of sentence-transformers', async ({ page }) => {
  test.skip(!hasMiniLm, 'npm run models brings it');
  test.setTimeout(180_000);
  await page.goto('./');
  await openView(page, 'Models');
  await page.getByLabel('Model folder').setInputFiles(MINILM_PATH);
  const section = page.getByRole('region', { name: 'Embed and search' });
  await expect(page.getByRole('region', { name: 'What it is' })).toContainText('512 tokens; a text is cut after 256');
  // The shorter texts, but the empty one and those that a line of JSON or a page changes.
  const texts = reference.texts.slice(1, 4);
  const documents = new Map([['corpus.jsonl', jsonl(texts.map(({ text }, i) => ({ _id: `t${i}`, text })))]]);
  await section.locator('input[type=file]').setInputFiles(writeFolder('texts', documents));
  await section.getByRole('button', { name: 'Embed 3 documents' }).click();
  const field = section.getByRole('textbox', { name: 'Query to this model' }).or(section.getByRole('searchbox'));
  await expect(field).toBeVisible({ timeout: 150_000 });
  await field.fill(texts[1]!.text);
  await section.getByRole('button', { name: 'Search', exact: true }).click();
  const found = section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem');
  const cosines = texts.map(({ vector }, i) => ({
    id: `t${i}`,
    cosine: vector.reduce((sum, value, c) => sum + value * texts[1]!.vector[c]!, 0),
  }));
  const order = cosines.sort((a, b) => b.cosine - a.cosine);
  await expect(found).toHaveCount(3);
  for (const [place, { id, cosine }] of order.entries()) {
    await expect(found.nth(place)).toContainText(id);
    const shown = await found.nth(place).locator('.hit-score').getAttribute('title');
    expect(Math.abs(Number(shown) - cosine)).toBeLessThan(1e-4);
  }
});
