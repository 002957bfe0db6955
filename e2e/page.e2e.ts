import { expect, test, type Page } from './journey';
import { linkOf } from './link-of';
import { withStandIn } from './stand-in/install';
import { SMALL_SESSION } from './stand-in/small-session';
import { status, withoutGuide } from './steps';

/** The page's own journeys; a scripted worker plays the run, so that nothing here waits for a GPU. */

/** What happens to sessions of these titles. */
const SCRIPT = {
  titled: {
    fail: { failsAtStart: 'the device was lost: the driver reset it' },
    diverges: { divergesAt: 47 },
    'slow to measure': { measuresUntilCancelled: true },
    'other bits': { otherBitsAfter: 200 },
  },
};

test.beforeEach(async ({ page }) => {
  await withStandIn(page, SCRIPT);
});

const runButton = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Run', exact: true });
const fragment = (page: Page) => new URL(page.url()).hash;

test('opens ready on the first preset and starts nothing by itself', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('learns to reason');
  await expect(status(page)).toHaveText('ready');
  await expect(page.getByLabel('Cost of this session')).toContainText('480 steps');
  await expect(runButton(page)).toBeEnabled();
  expect(fragment(page)).toBe('');
});

test('a run says what goes on, can be paused, stepped, resumed and ends in a result', async ({ page }) => {
  await page.goto('./');
  await runButton(page).click();
  await expect(status(page)).toHaveText('running');
  await expect(page.locator('.headline-text')).toContainText(/Step \d+ of 480 · stage 0, step \d+ of 180/);
  await expect(page.getByRole('progressbar')).toHaveCount(1);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(status(page)).toHaveText('paused');
  const step = page.locator('.timeline-step');
  const before = await step.textContent();
  await page.keyboard.press('.');
  await expect(step).not.toHaveText(before ?? '');
  await page.getByRole('button', { name: 'Resume' }).click();

  await expect(page.locator('.headline-text')).toContainText(/stage 1.*reasoning finds the right document first/);
  await expect(status(page)).toHaveText('finished');
  await expect(page.locator('.headline-text')).toContainText(
    /Finished: 480 steps in .* nDCG@10 is 0\.\d+ with reasoning/,
  );
  const result = page.getByRole('region', { name: 'Result on the test queries' });
  await expect(result.getByRole('rowheader', { name: 'reasoning', exact: true })).toBeVisible();
  await expect(result.getByRole('rowheader', { name: 'BM25', exact: true })).toBeVisible();
});

test('the timeline is taken hold of by keys and pointer, shows the step, and lets go', async ({ page }) => {
  await page.goto('./');
  await runButton(page).click();
  await expect(status(page)).toHaveText('finished');
  const slider = page.getByRole('slider', { name: 'Step' });
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector).toHaveCount(0);

  await page.getByRole('main').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuenow', '479');
  await expect(inspector).toContainText('Step 479');
  await expect(inspector).toContainText('Evaluation at step 450');
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', 'step 1 of 480 · stage 0, step 1 of 180');
  const box = (await slider.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(inspector).toContainText(/Step 2[34]\d/);
  await page.keyboard.press('End');
  await expect(inspector).toHaveCount(0);
  await expect(slider).toHaveAttribute('aria-valuenow', '480');
});

test('charts have a table and are copied as CSV with the exact values', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./');
  await runButton(page).click();
  await expect(status(page)).toHaveText('finished');
  const loss = page.locator('figure', { has: page.getByRole('heading', { name: 'Loss', exact: true }) });
  await loss.getByRole('button', { name: 'table' }).click();
  const table = page.getByRole('region', { name: 'Table: Loss' });
  await expect(table.getByRole('columnheader', { name: 'loss/infonce' })).toBeVisible();
  await expect(table.getByRole('row')).toHaveCount(201);
  await loss.getByRole('button', { name: 'Copy Loss as CSV' }).click();
  await expect(page.getByText(/Copied Loss as CSV, 480 rows/)).toBeVisible();
  const csv = await page.evaluate(() => navigator.clipboard.readText());
  expect(csv.split('\r\n')).toHaveLength(481);
  expect(csv).toMatch(/^step,loss,loss\/lm/);
});

test('the palette finds a setting; the change shows, is in the link, and is taken back', async ({ page }) => {
  await page.goto('./');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('facts learning rate');
  await page.keyboard.press('Enter');
  // Stage 1, which is open too, has one as well.
  const field = page.getByRole('spinbutton', { name: 'Learning rate' }).first();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('0.004');
  await expect(page.getByRole('button', { name: /^Stage 0: facts/ })).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowUp');
  await expect(field).toHaveValue('0.008');
  const changed = page.getByRole('button', { name: 'changed: 1' });
  await expect(changed).toBeVisible();
  await expect.poll(() => fragment(page)).toMatch(/^#3.{4,}/);
  await changed.click();
  await expect(page.getByText('Stage 0: facts, learning rate: 0.004 → 0.008')).toBeVisible();
  await page.getByRole('button', { name: 'Reset all' }).click();
  await expect(field).toHaveValue('0.004');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(field).toHaveValue('0.008');
});

test('what cannot be is said at its field and keeps the run from starting', async ({ page }) => {
  await page.goto('./');
  const entities = page.getByRole('spinbutton', { name: 'Entities' });
  await entities.fill('9999');
  await expect(page.getByText('Expected a whole number between 4 and 256.')).toBeVisible();
  await expect(runButton(page)).toBeDisabled();
  await entities.press('Escape');
  await expect(entities).toHaveValue('32');
  await expect(runButton(page)).toBeEnabled();

  await page.getByRole('spinbutton', { name: 'Deepest query, hops' }).fill('5');
  await expect(page.getByText(/Expected at most task.relations \(4\)/)).toBeVisible();
  await expect(runButton(page)).toBeDisabled();
  // The reason stands beside the button, and leads to the field, whose group it opens.
  await page.getByRole('button', { name: /^Task 1 to mend/ }).click();
  await page.getByRole('main').getByRole('button', { name: 'Go to Task, deepest query' }).first().click();
  await expect(page.getByRole('spinbutton', { name: 'Deepest query, hops' })).toBeFocused();
  // The weights of depths, of a stage that is left out, follow.
  await page.getByRole('spinbutton', { name: 'Deepest query, hops' }).fill('3');
  await expect(runButton(page)).toBeEnabled();
});

test('the session is read and edited as JSON', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('switch', { name: 'JSON' }).check();
  const editor = page.getByRole('textbox', { name: 'Session as JSON' });
  const json = await editor.inputValue();
  await editor.fill(json.replace('"seed": 1', '"seed": 7'));
  await expect(page.getByRole('button', { name: 'changed: 1' })).toBeVisible();
  await editor.fill(json.replace('"seed": 1', '"sead": 7'));
  await expect(page.getByText(/"sead" is no setting, expected one like seed/)).toBeVisible();
  await editor.fill('{');
  await expect(page.getByText(/This is not JSON yet/)).toBeVisible();
  await expect(runButton(page)).toBeDisabled();
  await page.getByRole('switch', { name: 'JSON' }).click();
  await page.getByRole('button', { name: 'Drop the edits' }).click();
  await expect(page.getByRole('spinbutton', { name: 'Seed', exact: true })).toHaveValue('7');
  await expect(runButton(page)).toBeEnabled();
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
  await estimate.click();
  await expect(card.getByRole('status')).toContainText('About 11 s on stand-in script');
  await expect(card.getByLabel('Cost of this session')).toContainText('12 MB on the GPU');
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

test('search shows the reasoning, its verdicts and both rankings', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('There is no model yet.')).toBeVisible();
  await runButton(page).click();
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Search' }).click();
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(page.getByText('With reasoning the right document is first; without it, at place 7.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Reasoning' })).toContainText(': right');
  await expect(page.getByRole('region', { name: 'Reasoning' })).toContainText('wrong, expected');
  await expect(page.locator('.rank-lines path.relevant')).toHaveCount(1);
  await page.locator('.hit').first().click();
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('place 7');
  await page.getByRole('textbox', { name: 'Query', exact: true }).fill('no such thing');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('could not be searched');
  // The same words cannot be asked again: an example can.
  await page
    .getByRole('alert')
    .getByRole('button', { name: /^Ask “/ })
    .click();
  await expect(page.getByText('With reasoning the right document is first; without it, at place 7.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Query', exact: true })).not.toHaveValue('no such thing');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a run that fails says what happened, what is safe and what to do', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('textbox', { name: 'Title of the session' }).fill('fail');
  await runButton(page).click();
  await expect(page.getByRole('alert')).toContainText('the device was lost');
  await expect(page.getByRole('alert')).toContainText('What is safe');
  await expect(status(page)).toHaveText('failed');
});

test('a run that leaves the finite numbers names where, and goes back to its last good state with half the learning rate', async ({
  page,
}) => {
  const session = { ...SMALL_SESSION, title: 'diverges', checkpoint: { every: 20 } };
  await page.goto(`./${linkOf(session)}`);
  await page.locator('.opened-card').getByRole('button', { name: 'Run', exact: true }).click();
  const alert = page.getByRole('alert');
  await expect(status(page)).toHaveText('failed', { timeout: 20_000 });
  await expect(alert).toContainText('step 47: the loss is not a number');
  await expect(alert).toContainText('the kernel rmsnorm_forward');
  await alert.getByRole('button', { name: 'Go back to the last good state' }).click();
  await expect(page.getByText('It begins there at once, from the state that is kept.').first()).toBeVisible();
  await expect(page.locator('input:focus')).toHaveValue('0.002');
  await expect(status(page)).not.toHaveText('running');
});

test('a worker that cannot be loaded fails the run, and another is started', async ({ page }) => {
  await page.unrouteAll();
  await page.route('**/assets/worker-*.js', (route) => route.abort());
  await page.goto('./');
  await runButton(page).click();
  await expect(page.getByRole('alert')).toContainText('the worker could not be loaded');
  await page.unrouteAll();
  await withStandIn(page);
  await page.getByRole('alert').getByRole('button', { name: 'Run again' }).click();
  await expect(status(page)).toHaveText('running');
});

test('without WebGPU the page says what to do and what still works', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This browser offers no WebGPU.');
  for (const browser of ['Chrome and Edge', 'Firefox', 'Safari']) {
    await expect(page.getByText(new RegExp(`^${browser}`))).toBeVisible();
  }
  await expect(page.locator('.topbar').getByRole('button', { name: 'Run' })).toBeDisabled();
  await page.getByRole('spinbutton', { name: 'Entities' }).fill('48');
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('textbox', { name: 'Link' })).toHaveValue(/#3/);
});

test('the guided first run leads from Run to a shared link, by its one button', async ({ page }) => {
  await page.goto('./');
  const guide = page.getByRole('region', { name: 'Guided first run' });
  const button = guide.getByRole('button').first();
  await expect(guide).toContainText('1 of 5');
  await button.press('Enter');
  await expect(guide).toContainText('2 of 5');
  await expect(status(page)).toHaveText('running');
  const chart = page.locator('#held-out-chart');
  await expect(chart).not.toHaveClass(/marked/);
  await button.press('Enter');
  await expect(chart).toHaveClass(/marked/);
  await expect(chart.getByRole('button', { name: 'Held-out nDCG@10', exact: true })).toBeFocused();

  // Once there is something to see, it goes on by itself.
  await expect(guide).toContainText(/3 of 5.*The curves parted at step \d+: 0\.\d+ with reasoning, 0\.\d+ without/);
  await button.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces');
  await expect(button).toHaveText('Take a token');
  await expect(page.locator('.completion.current')).toBeVisible();
  await button.press('Enter');
  await expect(page.locator('.nearest li').first()).toBeVisible();
  await expect(guide).toContainText('4 of 5');

  // It stands where it was left, also in another visit, and can be put away and called back.
  await page.reload();
  await expect(guide).toContainText('4 of 5');
  await expect(guide).toContainText('none is on the page');
  await guide.getByRole('button', { name: /^Close/ }).click();
  await expect(guide).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(guide).toHaveCount(0);
  await page.getByRole('button', { name: 'Help', exact: true }).click();
  await page.getByRole('button', { name: 'Go on with the guided first run: 4 of 5, Search' }).click();
  await button.press('Enter');
  await expect(status(page)).toHaveText('running');
  await expect(button).toHaveText('Open Search');
  await button.press('Enter');
  await expect(button).toHaveText('Ask an example');
  await button.press('Enter');
  await expect(page.locator('.hit').first()).toBeVisible();
  await expect(guide).toContainText('5 of 5');
  await button.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Link' })).toBeVisible();
  await expect(guide).toContainText('That is the whole way');
  await page.keyboard.press('Escape');
  await button.press('Enter');
  await expect(guide).toHaveCount(0);
});

test('what a person does by themselves, the guide counts as done', async ({ page }) => {
  await page.goto('./');
  const guide = page.getByRole('region', { name: 'Guided first run' });
  await runButton(page).click();
  await expect(guide).toContainText('2 of 5');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Search' }).click();
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(guide).toContainText('3 of 5');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Traces' }).click();
  await page.locator('.completion.current .token-button').nth(1).click();
  await expect(guide).toContainText('5 of 5');
});

test('by keys alone: to the view, a run, a token of a trace, a search, a link; the focus is never lost', async ({
  page,
}) => {
  await withoutGuide(page);
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const main = page.getByRole('main');
  await press('Tab', 'Enter');
  await expect(main).toBeFocused();
  await press('Tab', 'Enter');
  await expect(status(page)).toHaveText('running');
  await expect(main).toBeFocused();
  await expect(status(page)).toHaveText('finished');

  await press('2');
  await expect(page.locator('.completion.current')).toBeVisible();
  const token = page.locator('.token-button:focus');
  for (let tabs = 0; tabs < 40 && (await token.count()) === 0; tabs++) await press('Tab');
  await press('ArrowRight');
  await expect(page.locator('.nearest li').first()).toBeVisible();
  await press('Escape');
  await expect(token).toHaveCount(1);

  await press('4');
  await expect(main).toBeFocused();
  await expect(page.locator('.chip').nth(1)).toBeVisible();
  await press('Tab');
  await page.keyboard.type(await page.locator('.chip').nth(1).innerText());
  await press('Enter');
  await expect(page.locator('.hit').first()).toBeVisible();
  await press('Control+k');
  await page.keyboard.type('Share a link');
  await press('Enter');
  await expect(page.getByRole('textbox', { name: 'Link' })).toHaveValue(/#/);
});

test('panels are resized by keys and remembered', async ({ page }) => {
  await page.goto('./');
  const edge = page.getByRole('separator', { name: 'Width of the session panel' });
  await edge.focus();
  await page.keyboard.press('ArrowRight');
  await expect(edge).toHaveAttribute('aria-valuenow', '316');
  await page.reload();
  await expect(edge).toHaveAttribute('aria-valuenow', '316');
  await page.keyboard.press('[');
  await expect(edge).toHaveCount(0);
});
