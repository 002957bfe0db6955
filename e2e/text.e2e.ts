import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { writeFolder } from './files';
import { expect, test, type Page } from './journey';
import { textCorpus, textSession } from '../src/tasks/text/text.test-data';
import { linkOf } from './link-of';
import { openView, status } from './steps';

/** A model of somebody's own documents, on the real engine. */

const run = (page: Page, name: string) => page.locator('.topbar').getByRole('button', { name, exact: true }).click();

/** Opens a folder in the Bench view. */
async function openFolder(page: Page, folder: string): Promise<void> {
  await openView(page, 'Bench');
  await page.locator('input[type=file]').setInputFiles(folder);
  await expect(page.getByRole('region', { name: /^Collection/ })).toBeVisible();
}

test('documents without judgements are trained on, evaluated, and still there after a reload', async ({
  page,
  browser,
}, info) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const { documents, bytes } = textCorpus(72);
  const asked = documents.filter(({ title }) => title !== '').slice(0, 6);
  const queries = asked.map(({ title }, i) => `${JSON.stringify({ _id: `q${i}`, text: title.toLowerCase() })}\n`);
  const folder = writeFolder('text', [
    ['corpus.jsonl', bytes],
    ['queries.jsonl', queries.join('')],
    ['qrels/test.tsv', asked.map(({ id }, i) => `q${i}\t${id}\t1\n`).join('')],
  ]);

  // A link says which documents it is about, and nothing else of them.
  await page.goto(`./${linkOf(textSession(bytes))}`);
  await expect(page.locator('.topbar').getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await expect(
    page.getByRole('main').getByText(/not in this browser: only who has the documents can run it/),
  ).toBeVisible();
  await openFolder(page, folder);
  await openView(page, 'Run');
  await run(page, 'Run');
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });

  await openView(page, 'Bench');
  await page.getByRole('button', { name: 'BM25, model and fusion' }).click();
  const scores = page.getByRole('region', { name: 'Scores by system' });
  await expect(scores.getByRole('rowheader')).toHaveText(
    ['BM25', 'no reasoning', 'reasoning', 'BM25 and no reasoning', 'BM25 and reasoning'],
    { timeout: 120_000 },
  );

  // The same model's embeddings of the same documents are not made again.
  await page.getByRole('button', { name: 'BM25, model and fusion' }).click();
  await expect(page.getByText('Their embeddings by this model were kept from before')).toBeVisible({
    timeout: 120_000,
  });

  await page.reload();
  await openView(page, 'Runs');
  await page.getByRole('list', { name: 'Runs' }).getByRole('button', { name: /^Open/ }).first().click();
  await expect(status(page)).toHaveText('finished');
  await openView(page, 'Search');
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Rankings' })).toBeVisible({ timeout: 60_000 });

  // In a browser that never saw the documents they come with the run; so does all that the command line asks for.
  await openView(page, 'Runs');
  await page
    .getByRole('button', { name: /^More of/ })
    .first()
    .click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as one file' }).click();
  const file = info.outputPath('run.zip');
  await (await download).saveAs(file);
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(page.url());
  await openView(other, 'Runs');
  await other.getByLabel('Run file to import').setInputFiles(file);
  await other.getByRole('list', { name: 'Runs' }).getByRole('button', { name: /^Open/ }).first().click();
  await expect(status(other)).toHaveText('finished');
  await run(other, 'Run again');
  await expect(status(other)).toHaveText('running', { timeout: 60_000 });
  await elsewhere.close();
  const unzipped = writeFolder('run', Object.entries(unzipSync(readFileSync(file))));
  const lab = fileURLToPath(new URL('../scripts/lab.mjs', import.meta.url));
  const args = ['verify', join(unzipped, 'session.json'), '--against', unzipped, '--data', unzipped];
  const { stdout, stderr } = spawnSync(process.execPath, [lab, ...args], { encoding: 'utf8' });
  // Another adapter than the page's, as a rule.
  const verdict = JSON.parse(stdout) as { reproduced: boolean; drift: { within_tolerance: boolean } | null };
  expect(verdict.reproduced || verdict.drift?.within_tolerance, stderr).toBe(true);

  expect(errors).toEqual([]);
});

test('learning a vocabulary tells how far it is, and can be stopped', async ({ page }) => {
  // Words enough to learn from for a while.
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const word = (): string => Array.from({ length: 3 + random(7) }, () => letters[random(26)]).join('');
  const line = (_: unknown, i: number): string =>
    `${JSON.stringify({ _id: String(i), title: word(), text: Array.from({ length: 60 }, word).join(' ') })}\n`;
  const folder = writeFolder('text', [
    ['corpus.jsonl', Array.from({ length: 2000 }, line).join('')],
    ['queries.jsonl', '{"_id":"q","text":"a"}\n'],
  ]);

  await page.goto('./');
  await openFolder(page, folder);
  await page.getByRole('button', { name: 'Train a model on these documents' }).click();
  await run(page, 'Run');
  await expect(page.locator('.headline-text')).toContainText(
    /Preparing: the vocabulary is learnt from the documents, [\d,]+ of [\d,]+ merges\./,
  );
  await page.locator('.topbar').getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(status(page)).toHaveText('ready');
  await openView(page, 'Runs');
  await expect(page.getByRole('list', { name: 'Runs' }).getByRole('listitem')).toHaveCount(0);
});
