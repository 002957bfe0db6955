import { readFileSync } from 'node:fs';
import { expect, test } from './journey';
import { parseSession } from '../src/config/parse-session';
import { secondsSession } from '../src/config/seconds.test-data';
import { writeKinBeir } from '../src/host/node/kin-beir.test-data';
import { linkOf } from './link-of';
import { openView, status } from './steps';

/** A run's model beside BM25, on the real engine. */

const SESSION = secondsSession({ grpo: { steps: 0 } });

test('a run’s model stands beside BM25, with and without reasoning, fused, opened and taken away', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const named = 'collection';
  const folder = test.info().outputPath(named);
  writeKinBeir(folder, parseSession(SESSION), '');
  await page.goto(`./${linkOf(SESSION)}`);
  await page.locator('.topbar').getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });

  await openView(page, 'Bench');
  await page.locator('input[type=file]').setInputFiles(folder);
  const collection = page.getByRole('region', { name: /^Collection/ });
  await collection.getByRole('radio', { name: /^test:/ }).check();
  const all = collection.getByRole('button', { name: 'BM25, model and fusion' });

  // Cancelled at once, then in earnest.
  await all.click();
  const running = page.getByRole('region', { name: 'Benchmark in progress' });
  await expect(running.getByRole('progressbar')).toBeVisible();
  await running.getByRole('button', { name: 'Cancel' }).click();
  await expect(running).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Benchmark result' })).toHaveCount(0);
  await all.click();
  const scores = page.getByRole('region', { name: 'Scores by system' });
  await expect(scores.getByRole('rowheader')).toHaveText(
    ['BM25', 'no reasoning', 'reasoning', 'BM25 and no reasoning', 'BM25 and reasoning'],
    {
      timeout: 120_000,
    },
  );
  const result = page.getByRole('region', { name: 'Benchmark result' });
  await expect(result).toContainText('10 queries, 24 documents');
  await expect(result).toContainText('Every document fits into the model’s context.');
  const fused = scores
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: 'BM25 and reasoning', exact: true }) });
  await expect(fused.getByRole('cell').first()).toHaveText(/^0\.\d{3} \[0\.\d{3}, [01]\.\d{3}\]$/);
  await expect(fused.getByRole('cell').last()).toHaveText(/^\+0\.\d{3} \[/);

  // All queries: found, sorted and opened from the keyboard; what was written stands in the one that is open.
  const queries = page.getByRole('group', { name: 'All queries' });
  const rows = queries.getByRole('listitem');
  await queries.getByRole('combobox', { name: 'Sort by' }).selectOption('id');
  await expect(rows.first()).toContainText('test-9');
  await queries.getByRole('button', { name: 'Last first' }).click();
  await expect(rows.first()).toContainText('test-0');
  await rows.first().getByRole('button').focus();
  await page.keyboard.press('End');
  await expect(rows.last().getByRole('button')).toBeFocused();
  await page.keyboard.press('Enter');
  const opened = page.getByRole('article', { name: 'Query test-9' });
  await expect(opened).toContainText('Written before the embed token:');
  await expect(opened.getByRole('columnheader')).toHaveText(['Relevant document', 'Grade', ...(await scores.getByRole('rowheader').allTextContents())]); // prettier-ignore
  await queries.getByRole('searchbox', { name: 'Find queries' }).fill('test-3');
  await expect(rows).toHaveCount(1);
  await expect(queries.getByRole('status')).toHaveText('1 of 10');

  const download = async (name: string): Promise<Buffer> => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return readFileSync(await file.path());
  };
  const vectors = await download(`${named}.queries.reasoning.npy`);
  expect(vectors.subarray(1, 6).toString()).toBe('NUMPY');
  expect(vectors.toString('latin1', 0, 128)).toContain(`'shape': (10, ${SESSION.model.hidden_size})`);
  expect((await download(`${named}.queries.ids.txt`)).toString()).toMatch(/^test-0\ntest-1\n/);
  expect((await download(`${named}.documents.ids.txt`)).toString().split('\n')).toHaveLength(24 + 1);
  expect((await download(`${named}.fusion.trec`)).toString()).toMatch(/^test-0 Q0 \S+ 1 \S+ search-r3-lab-fusion\n/);
  expect((await download(`${named}.metrics.csv`)).toString()).toContain('\r\nreasoning,ndcg_cut_10,0.');
  const figures = (await download(`${named}.metrics.json`)).toString();
  const { systems } = JSON.parse(figures) as { systems: object[] };
  expect(systems).toHaveLength(5);

  // After a reload no run is open: the kept one's model is the same.
  await page.reload();
  await openView(page, 'Bench');
  await page.locator('input[type=file]').setInputFiles(folder);
  await collection.getByRole('radio', { name: /^test:/ }).check();
  await expect(collection.getByRole('combobox', { name: 'Model of' })).toContainText('step 6');
  await all.click();
  await expect(scores.getByRole('rowheader')).toHaveCount(5, { timeout: 120_000 });
  const again = JSON.parse((await download(`${named}.metrics.json`)).toString()) as { systems: object[] };
  expect(again.systems).toEqual(systems);
  expect(errors).toEqual([]);
});
