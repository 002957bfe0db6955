import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textCorpus, textSession } from '../src/tasks/text/text.test-data';
import { findings } from './axe';
import { unpackedBy } from './downloaded';
import { writeFolder } from './files';
import { expect, test } from './journey';
import { linkOf } from './link-of';
import { smallEncoder } from './small-encoder';
import { openView, status, withoutGuide } from './steps';

/** A small embedder as the teacher of a model that is trained on somebody's own documents. */

test.beforeEach(({ page }) => withoutGuide(page));

test('a kept embedder teaches, and a link without it says what is missing', async ({ page, browser }, info) => {
  test.setTimeout(240_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const { bytes } = textCorpus(40);
  const documents = writeFolder('notes', [['corpus.jsonl', bytes]]);
  await page.goto('./');
  await openView(page, 'Models');
  await page.getByLabel('Model folder').setInputFiles(writeFolder('tiny-bert', smallEncoder()));
  await expect(page.getByRole('region', { name: 'What it is' })).toContainText('an encoder');

  await page.goto(`./${linkOf(textSession(bytes))}`);
  await openView(page, 'Run');
  const own = page.locator('.own-documents');
  await own.locator('input[type=file]').first().setInputFiles(documents);
  await expect(own).toContainText('40 documents');
  await own.getByRole('combobox', { name: 'Teacher' }).selectOption({ label: 'tiny-bert' });
  expect(await findings(page)).toEqual([]);
  await page.locator('.topbar').getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toHaveText('finished', { timeout: 150_000 });

  // To a cluster go its embeddings of the documents, in its place.
  await openView(page, 'Runs');
  await page.getByRole('button', { name: /^More of/ }).click();
  const handed = await unpackedBy(page, 'Hand over to a cluster', info.outputPath('handed'));
  expect(existsSync(join(handed, 'teacher.safetensors'))).toBe(true);
  expect(readFileSync(join(handed, 'batches', 'sft.jsonl'), 'utf8')).toContain('"taught"');

  // Its hash is in the address, which somebody else opens, who has the documents and not the teacher.
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await withoutGuide(other);
  await other.goto(page.url());
  await openView(other, 'Run');
  const theirs = other.locator('.own-documents');
  await expect(theirs).toContainText('This session asks for');
  await theirs.locator('input[type=file]').first().setInputFiles(documents);
  await expect(theirs).toContainText('This session learns from tiny-bert, which is not in this browser');
  await other.locator('.topbar').getByRole('button', { name: /^Run/ }).click();
  const alert = other.getByRole('alert');
  await expect(alert).toContainText('learns from tiny-bert', { timeout: 60_000 });
  await expect(alert).toContainText('which is not in this browser: add it first');
  await expect(alert.getByRole('button', { name: 'Open Models' })).toBeVisible();
  await elsewhere.close();
  expect(errors).toEqual([]);
});
