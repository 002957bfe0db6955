import { expect, test, type Page } from './journey';
import { secondsSession } from '../src/config/seconds.test-data';
import { linkOf } from './link-of';
import { openView, startRun, status, withoutGuide } from './steps';

/** A fork on the real engine: from a step of a run, changed, run, shared, and repeated by somebody who has nothing of it. */

const parent = linkOf(
  secondsSession({
    title: 'The parent',
    pretrain: { steps: 0 },
    sft: { steps: 12 },
    grpo: { steps: 0 },
    checkpoint: { every: 4 },
  }),
);

const strip = (page: Page) => page.getByRole('main').locator('.run-strip');
const finished = (page: Page) => expect(status(page)).toHaveText('finished', { timeout: 120_000 });
const fingerprint = (page: Page) => page.locator('.run-details code').first().getAttribute('title');

test('a fork from a step is run at once from its kept state, and from its link by repeating the steps', async ({
  page,
  browser,
}) => {
  await withoutGuide(page);
  await page.goto(`./${parent}`);
  await startRun(page);
  await finished(page);

  // Step 8 is the older of the two states that a run keeps.
  const timeline = page.getByRole('slider', { name: 'Step', exact: true });
  await timeline.focus();
  for (let left = 4; left > 0; left--) await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', { name: 'Fork from step 8' }).click();
  await expect(page.getByRole('heading', { name: 'A fork, not run yet' })).toBeVisible();
  const note = page.getByRole('note', { name: 'Fork' });
  await expect(note).toContainText('A fork of The parent from step 8');
  await expect(note).toContainText('It begins there at once, from the state that is kept.');
  const panel = page.getByRole('complementary', { name: 'Session' });
  // The seed is fixed, the learning rate is not.
  await expect(panel.getByRole('textbox', { name: 'Seed', exact: true })).toHaveCount(0);
  const rate = panel.locator('#field-sft\\.learning_rate');
  await rate.fill('0.001');
  await rate.press('Enter');
  await startRun(page);
  await finished(page);
  await expect(strip(page)).toContainText('fork of The parent from step 8');

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.keyboard.press('Escape');
  await openView(page, 'Runs');
  const rows = page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('fork of The parent from step 8');
  await rows
    .first()
    .getByRole('button', { name: /^More of/ })
    .click();
  const own = await fingerprint(page);
  expect(own).toMatch(/^[0-9a-f]{64}$/);
  await rows
    .last()
    .getByRole('button', { name: /^More of/ })
    .click();
  await expect(rows.last().getByText('Its state is kept: the fork begins there at once.')).toBeVisible();

  // Both over each other, and told apart.
  for (const row of await rows.all()) await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  await expect(page.getByRole('row', { name: /^Begins from its start fork of The parent from step 8/ })).toBeVisible();

  const other = await browser.newContext();
  const visitor = await other.newPage();
  await withoutGuide(visitor);
  await visitor.goto(link);
  const card = visitor.getByRole('region', { name: /The parent: stage 1/ });
  await expect(card).toContainText('of The parent: its steps 1 to 8 come first, with the same bits');
  await expect(card).toContainText('Stage 1: supervised, learning rate: 0.004 → 0.001');
  await startRun(visitor);
  await finished(visitor);
  await expect(visitor.getByText('The link’s result was reproduced bit for bit.')).toBeVisible();
  await expect(strip(visitor)).toContainText('fork of The parent from step 8, whose steps came out the same');
  await openView(visitor, 'Runs');
  const row = visitor.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await row.getByRole('button', { name: /^More of/ }).click();
  expect(await fingerprint(visitor)).toBe(own);
  await other.close();
});
