import { expect, test, type Page } from 'playwright/test';
import { secondsSession } from '../src/config/seconds.test-data';
import { linkOf } from './link-of';
import { openView, startRun, status } from './steps';

/** What a person does to a run in the first ten minutes, with the real engine: stop it, replace it, come back to it. */

const longSession = (seed: number) =>
  secondsSession({ seed, title: `Long ${seed}`, pretrain: { steps: 0 }, sft: { steps: 5000 }, grpo: { steps: 0 } });
const first = linkOf(longSession(5));
const second = linkOf(longSession(6));

const step = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Step', exact: true }).getAttribute('aria-valuenow'));

const rows = (page: Page) => page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
const stopButton = (page: Page) => page.locator('.topbar').getByRole('button', { name: 'Stop' });
const runButton = (page: Page) => page.locator('.topbar').getByRole('button', { name: /^Run/ });

async function trains(page: Page): Promise<void> {
  await expect(status(page)).toHaveText('running', { timeout: 60_000 });
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(3);
}

/** The page must say nothing of errors, on itself or on its console. */
function watched(page: Page): () => Promise<void> {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return async () => {
    expect(errors).toEqual([]);
    await expect(page.getByText(/That did not work|failed before/)).toHaveCount(0);
  };
}

test('a running run is stopped by its button and by the palette, and another one begins', async ({ page }) => {
  const isQuiet = watched(page);
  await page.goto(`./${first}`);
  await startRun(page);
  await trains(page);
  await stopButton(page).click();
  await expect(status(page)).toHaveText('stopped');
  await isQuiet();

  await runButton(page).click();
  await trains(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('Stop the run');
  await page.keyboard.press('Enter');
  await expect(status(page)).toHaveText('stopped');
  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(2);
  for (const row of await rows(page).all()) await expect(row).toContainText('stopped');
  await isQuiet();
});

test('a kept run is opened, and a link is run, while another run goes', async ({ page }) => {
  const isQuiet = watched(page);
  await page.goto(`./${first}`);
  await startRun(page);
  await trains(page);
  await stopButton(page).click();
  await expect(status(page)).toHaveText('stopped');
  await runButton(page).click();
  await trains(page);

  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(2);
  await rows(page)
    .last()
    .getByRole('button', { name: /^Open / })
    .click();
  await expect(status(page)).toHaveText('stopped');
  await isQuiet();

  await runButton(page).click();
  await trains(page);
  await page.evaluate((link) => (location.hash = link), second);
  await startRun(page);
  await trains(page);
  await isQuiet();
  await stopButton(page).click();
  await expect(status(page)).toHaveText('stopped');
  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(4);
  for (const row of await rows(page).all()) await expect(row).toContainText('stopped');
  await isQuiet();
});
