import { expect, test, type Page } from './journey';
import { INTERRUPTED } from '../src/config/seconds.test-data';
import { linkOf } from './link-of';
import { startRun, status } from './steps';

const link = linkOf(INTERRUPTED);

async function run(page: Page): Promise<void> {
  // Another address in between: a fragment alone loads nothing anew.
  await page.goto('about:blank');
  await page.goto(`./${link}`);
  await startRun(page);
}

const fingerprint = async (page: Page): Promise<string | null> => {
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });
  return page.locator('.result-head code').getAttribute('title');
};

const pastStep = (page: Page, step: number) =>
  expect
    .poll(async () => Number(await page.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuenow')), {
      timeout: 120_000,
    })
    .toBeGreaterThan(step);

/** Makes the run's worker slow to end: it keeps the lock for three seconds more. */
const holdOn = (page: Page) =>
  page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    const name = held.map((lock) => lock.name ?? '').find((name) => name.includes('/run/'));
    if (name === undefined) throw new Error('no run is held');
    void navigator.locks.request(name, () => new Promise((resolve) => setTimeout(resolve, 3000)));
  });

test('a run that is interrupted in any way ends with the fingerprint of one that was not', async ({
  page,
  context,
}) => {
  test.setTimeout(400_000);
  await run(page);
  const reference = await fingerprint(page);
  expect(reference).toMatch(/^[0-9a-f]{64}$/);

  // The worker dies: the page starts another, which continues from the last checkpoint.
  await run(page);
  await pastStep(page, 8);
  await holdOn(page);
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('killed');
    });
  });
  await expect(page.getByText(/The run was interrupted: .*killed.*goes on from its checkpoint/)).toBeVisible();
  expect(await fingerprint(page)).toBe(reference);

  // The tab is closed; another one, open by then, offers the run once it is released.
  await run(page);
  await pastStep(page, 26);
  const next = await context.newPage();
  await next.goto('./');
  await holdOn(next);
  await page.close();
  const goOn = next.getByRole('button', { name: /^Go on from step/ });
  await expect(goOn).toBeVisible();
  // And so does a page that is opened after that.
  await next.reload();
  await goOn.click();
  await expect(next.locator('.headline-text').first()).toBeVisible();
  expect(await fingerprint(next)).toBe(reference);
});
