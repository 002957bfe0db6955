import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './journey';
import { encodeAll, unpack } from './downloaded';
import { startRun, status } from './steps';

/** The first minutes of a newcomer, with the real engine: open, Run, see reasoning win, search, share. */
test('kin-quick learns in the browser: reasoning finds what a direct embedding does not', async ({ page }, info) => {
  test.setTimeout(600_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await startRun(page);
  await expect(status(page)).toHaveText('running', { timeout: 60_000 });
  const sentence = page.locator('.headline-text').first();
  await expect(sentence).toContainText(/stage 0, step \d+ of 180/, { timeout: 60_000 });

  // Paused between two steps, and on again.
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(status(page)).toHaveText('paused');
  await page.getByRole('button', { name: 'Resume' }).click();

  // The model can be asked while it learns.
  await expect(sentence).toContainText(/reasoning finds the right document first/, { timeout: 300_000 });
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Search' }).click();
  const examples = page.getByRole('group', { name: 'Example queries' });
  await examples.getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Rankings' })).toBeVisible();
  await page.keyboard.press('1');

  await expect(status(page)).toHaveText('finished', { timeout: 500_000 });
  const result = page.getByRole('region', { name: 'Result on the test queries' });
  const score = async (arm: string): Promise<number> => {
    const row = result.getByRole('row').filter({ has: page.getByRole('rowheader', { name: arm, exact: true }) });
    return Number.parseFloat((await row.getByRole('cell').first().textContent()) ?? '');
  };
  const [reasoning, direct] = [await score('reasoning'), await score('no reasoning')];
  expect(reasoning).toBeGreaterThan(0.8);
  expect(reasoning).toBeGreaterThan(direct + 0.2);

  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Search' }).click();
  await examples.getByRole('button').first().click();
  await expect(page.locator('.answer')).toContainText('Asked after step 480');
  await expect(page.locator('.hop').first()).toBeVisible();

  await page.locator('.topbar').getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('textbox', { name: 'Link' })).toHaveValue(/#3/);
  await expect(page.getByRole('switch', { name: /with the result/ })).toBeChecked();
  await page.keyboard.press('Escape');

  // The model that is taken home embeds on the command line as the one on the page does.
  const query = await page.getByRole('textbox', { name: 'Query', exact: true }).inputValue();
  const hits = await page.locator('.ranking.direct li:not(.beyond) .hit').evaluateAll((rows) =>
    rows.map((row) => ({
      text: row.querySelector('.hit-text')?.textContent ?? '',
      score: Number(row.querySelector('.hit-score')?.getAttribute('title')),
    })),
  );
  expect(hits).toHaveLength(10);
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Runs' }).click();
  await page.getByRole('button', { name: /^More of/ }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the model' }).click();
  const checkpoint = info.outputPath('model');
  unpack(await readFile(await (await download).path()), checkpoint);
  expect(await readFile(join(checkpoint, 'README.md'), 'utf8')).toMatch(/reasons, then embeds \| 0\.\d{3} \[/);
  const [asked, ...found] = encodeAll(checkpoint, [`${query} <direct>`, ...hits.map(({ text }) => text)]);
  found.forEach((vector, at) => {
    const cosine = vector.reduce((sum, value, i) => sum + value * asked![i]!, 0);
    // SwiftShader here, another adapter there.
    expect(cosine).toBeCloseTo(hits[at]!.score, 3);
  });
  expect(errors).toEqual([]);
});
