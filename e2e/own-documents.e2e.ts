import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeFolder } from './files';
import { expect, test, type Page } from './journey';
import { parseCorpus } from '../src/formats/beir';
import { openView, runButton, startRun, status, withoutGuide } from './steps';

/** From the front page to a search over one's own files, on the real engine. */

const EXAMPLE = fileURLToPath(new URL('../public/example/corpus.jsonl', import.meta.url));

/** Fifty plain texts in a folder, as somebody's notes are. */
function fiftyTexts(): string {
  const documents = parseCorpus(readFileSync(EXAMPLE), 'example');
  return writeFolder('my notes', [
    ...documents.map(({ id, title, text }) => [`${id}.txt`, `${title}\n\n${text}\n`] as const),
    ['todo.txt', 'Things to do\n\nBuy flour and salt, oil the bicycle chain, write to the keeper of the bees.\n'],
    [
      'letter.txt',
      'A letter home\n\nThe sea was rough, the tent was dry, and at night we saw the stars above the tide.\n',
    ],
    ['.DS_Store', '\0'],
  ]);
}

/** Clicks, counted as a person makes them. */
class Clicks {
  count = 0;
  constructor(private readonly page: Page) {}
  async on(name: string | RegExp): Promise<void> {
    this.count++;
    await this.page.getByRole('button', { name, exact: true }).first().click();
  }
}

test('fifty text files: from the front page to a search over them, trained, in three minutes and eight clicks', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const folder = fiftyTexts();
  const started = Date.now();
  await page.goto('./');
  const clicks = new Clicks(page);
  await clicks.on('Your own documents');
  const run = runButton(page);
  await expect(run).toBeDisabled();
  await expect(page.getByRole('main')).toContainText('The documents to train on are still to be chosen.');
  await expect(page.getByText('∞')).toHaveCount(0);

  const chooser = page.waitForEvent('filechooser');
  await clicks.on('Choose a folder');
  await (await chooser).setFiles(folder);
  await expect(page.getByRole('main')).toContainText('Trained on my notes, 50 documents');
  await expect(run).toBeEnabled();
  clicks.count++;
  await run.click();
  await expect(status(page)).toHaveText('finished', { timeout: 170_000 });

  clicks.count++;
  await openView(page, 'Search');
  await page.getByRole('textbox', { name: /query/i }).fill('a loop of rope that does not slip');
  clicks.count++;
  await page.keyboard.press('Enter');
  const rankings = page.getByRole('region', { name: 'Rankings' });
  await expect(rankings).toBeVisible({ timeout: 60_000 });
  const seconds = (Date.now() - started) / 1000;
  test.info().annotations.push({ type: 'seconds', description: seconds.toFixed(1) });
  expect(seconds).toBeLessThan(180);
  expect(clicks.count).toBeLessThanOrEqual(8);
  // Titles stand in the results, and what is asked for is among the first.
  await expect(rankings.getByText('The bowline').first()).toBeVisible();
  expect(errors).toEqual([]);
});

test('the collection is a map: a search lights in it, a point opens its document and its neighbours', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await withoutGuide(page);
  await page.goto('./');
  await openView(page, 'Graph');
  await expect(page.getByRole('heading', { name: 'Documents in a plane' })).toBeVisible();
  await openView(page, 'Run');
  await page.getByRole('button', { name: 'Your own documents', exact: true }).click();
  await page.getByRole('button', { name: 'Open the example' }).click();
  await expect(page.getByRole('main')).toContainText('48 documents');
  await startRun(page);
  await expect(status(page)).toHaveText('running', { timeout: 60_000 });
  await openView(page, 'Graph');
  await expect(page.getByRole('main')).toContainText('48 documents as the model sees them', { timeout: 60_000 });
  await page
    .getByRole('textbox', { name: 'Query' })
    .or(page.getByRole('searchbox', { name: 'Query' }))
    .fill('knots');
  await page.getByRole('button', { name: 'Search', exact: true }).last().click();
  const results = page.getByRole('region', { name: 'Results and documents' });
  await expect(results.getByRole('listitem')).not.toHaveCount(0, { timeout: 60_000 });
  await results.getByRole('button', { name: 'Documents', exact: true }).click();
  await results.getByRole('button', { name: 'Keeping a sourdough starter' }).click();
  await expect(page.getByRole('heading', { name: 'Keeping a sourdough starter' })).toBeVisible();
  await expect(page.getByRole('heading', { name: /Leads to \d+ neighbours/ })).toBeVisible();
  expect(errors).toEqual([]);
});
