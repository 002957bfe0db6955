import { expect, test } from './journey';
import { linkOf } from './link-of';
import { withStandIn } from './stand-in/install';
import { fragment, runButton, status } from './steps';

/** Links: made, opened, forked, run again and judged; a scripted worker plays the run. */

/** What happens to sessions of these titles. */
const SCRIPT = {
  titled: { 'slow to measure': { measuresUntilCancelled: true }, 'other bits': { otherBitsAfter: 200 } },
};

test.beforeEach(async ({ page }) => {
  await withStandIn(page, SCRIPT);
});

test('a shared link opens as a card that runs nothing until told', async ({ page, context }) => {
  await page.goto('./');
  await page.getByRole('textbox', { name: 'Title of the session' }).fill('More entities');
  await page.getByRole('spinbutton', { name: 'Entities' }).fill('48');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(new URL(link).hash.length).toBeLessThan(60);

  const other = await context.newPage();
  await withStandIn(other, SCRIPT);
  await other.goto(link);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('More entities');
  await expect(other.getByRole('main')).toContainText('Task, entities: 32 → 48');
  await expect(status(other)).toHaveText('ready');
  await runButton(other).click();
  await expect(status(other)).toHaveText('running');
  await expect(other.getByText('A link was opened.')).toHaveCount(0);
});

test('a link with a result says what its sender claims', async ({ page, context }) => {
  await page.goto('./');
  await runButton(page).click();
  await expect(status(page)).toHaveText('finished');
  await page.locator('.topbar').getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('switch', { name: /with the result/ })).toBeChecked();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  const other = await context.newPage();
  await withStandIn(other, SCRIPT);
  await other.goto(link);
  await expect(other.getByText('What the sender says came out')).toBeVisible();
  await expect(other.getByText('ndcg_cut_10/reasoning')).toBeVisible();
  await other.getByRole('main').getByRole('button', { name: 'Fork', exact: true }).click();
  await expect(other.getByText('A link was opened.')).toHaveCount(0);
});

test('a link’s card tells what it would take here when asked, and its fork is titled by what was changed', async ({
  page,
}) => {
  const card = page.getByRole('main').locator('.opened-card');
  const estimate = card.getByRole('button', { name: 'Estimate the time on this device' });
  await page.goto(`./${linkOf({ title: 'slow to measure', task: { entities: 48 } })}`);
  await expect(card).toContainText('Datada7ada7ada7a');
  await expect(estimate).toBeEnabled();
  await estimate.click();
  await expect(card.getByRole('status')).toContainText('Measuring on stand-in script.');
  await card.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(estimate).toBeEnabled();
  await expect(status(page)).toHaveText('ready');

  await page.goto('about:blank');
  await page.goto(`./${linkOf({ title: 'Ours', pretrain: { steps: 100 }, sft: { steps: 200 }, grpo: { steps: 50 } })}`);
  // The plan of memory is exact, and measuring the time does not change it.
  const cost = card.getByLabel('Cost of this session');
  await expect(cost).toContainText('MB on the GPU');
  const planned = (await cost.textContent()) ?? '';
  await estimate.click();
  await expect(card.getByRole('status')).toContainText('About 11 s on stand-in script');
  await expect(cost).toHaveText(planned);
  await expect(card.getByRole('status')).toContainText('stage 0 10 ms a step, stage 1 20 ms a step, stage 2 100 ms');
  await card.getByRole('button', { name: 'Fork', exact: true }).click();
  const title = page.getByRole('textbox', { name: 'Title of the session' });
  await expect(title).toHaveValue('Ours');
  const seed = page.getByRole('spinbutton', { name: 'Seed', exact: true });
  await seed.fill('7');
  await expect(title).toHaveValue('Ours: seed 1 → 7');
  await seed.fill('1');
  await expect(title).toHaveValue('Ours');
  await seed.fill('8');
  await title.fill('Mine');
  await seed.fill('9');
  await expect(title).toHaveValue('Mine');
});

test('a run of a link says whether the claimed result was reproduced; an edited one gets no verdict', async ({
  page,
  context,
}) => {
  await page.goto('./');
  await runButton(page).click();
  await expect(status(page)).toHaveText('finished');
  await expect(page.getByRole('region', { name: 'Verdict' })).toHaveCount(0);
  await page.getByRole('main').focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('.topbar').getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.close();

  const other = await context.newPage();
  await withStandIn(other, SCRIPT);
  await other.goto(link);
  await expect(other.getByText('It points at step 479')).toBeVisible();
  await runButton(other).click();
  const step = other.getByRole('slider', { name: 'Step', exact: true });
  // Past the first of the eight steps that a link marks.
  await expect.poll(async () => Number(await step.getAttribute('aria-valuenow'))).toBeGreaterThan(65);
  await other.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(other.getByRole('region', { name: 'Verdict so far' })).toContainText(
    /Reproduced bit for bit up to step \d+, and going on\./,
  );
  await other.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(other.getByText('This is step 479, which the link points at.')).toBeVisible();
  await expect(other.getByRole('complementary', { name: 'Inspector' })).toContainText('Step 479');
  const verdict = other.getByRole('region', { name: 'Verdict', exact: true });
  await expect(verdict.getByRole('heading')).toHaveText('The link’s result was reproduced bit for bit.');
  const row = (name: string) => verdict.getByRole('row').filter({ has: other.getByRole('rowheader', { name }) });
  await expect(row('nDCG@10, reasoning')).toHaveText(/reasoning(0\.\d{4})\1[0]$/);
  await expect(row('adapter')).toHaveText('adapterstand-in scriptstand-in scriptnone');

  const again = other.locator('.topbar').getByRole('button', { name: 'Run again' });
  await other.getByRole('textbox', { name: 'Title of the session' }).fill('other bits');
  await again.click();
  await expect(verdict).toHaveCount(0);
  await expect(verdict.getByRole('heading')).toHaveText('The link’s result came out differently.');
  await expect(verdict).toContainText('The two parted between steps 180 and 240.');
  await expect(verdict).toContainText('Both ran on stand-in script');

  // Another session: nothing of the last run stays on the screens, and there is a way back to it.
  await other.getByRole('spinbutton', { name: 'Entities' }).fill('48');
  await expect(status(other)).toHaveText('not run yet');
  await expect(verdict).toHaveCount(0);
  await expect(other.locator('.timeline-step')).toHaveText('no step yet');
  await other.getByRole('button', { name: 'Back to it' }).click();
  await expect(status(other)).toHaveText('finished');
  await other.getByRole('spinbutton', { name: 'Entities' }).fill('48');
  await other.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Traces' }).click();
  await expect(other.getByRole('heading', { name: 'Not run yet' })).toBeVisible();
  await runButton(other).click();
  await expect(status(other)).toHaveText('running');
  await expect(status(other)).toHaveText('finished');
  await expect(verdict).toHaveCount(0);
  await expect(other.getByText('No verdict on the link’s result: the session was edited')).toBeVisible();
});

test('a broken link says so in a sentence and leaves the first preset', async ({ page }) => {
  await page.goto('./#1kin-quick.AAAA');
  await expect(page.getByRole('alert')).toContainText(/This link cannot be opened: link has checksum/);
  await expect(runButton(page)).toBeEnabled();
  await expect(page.getByLabel('Cost of this session')).toContainText('480 steps');
  await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a reload keeps the session without taking it for somebody’s link', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('spinbutton', { name: 'Entities' }).fill('48');
  await expect.poll(() => fragment(page)).not.toBe('');
  await page.reload();
  await expect(page.getByRole('spinbutton', { name: 'Entities' })).toHaveValue('48');
  await expect(page.getByText('A link was opened.')).toHaveCount(0);
});
