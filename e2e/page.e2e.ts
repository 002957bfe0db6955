import { expect, test } from './journey';
import { linkOf } from './link-of';
import { withStandIn } from './stand-in/install';
import { SMALL_SESSION } from './stand-in/small-session';
import { fragment, openView, runButton, status, withoutGuide } from './steps';

/** The page's own journeys; a scripted worker plays the run, so that nothing here waits for a GPU. */

/** What happens to sessions of these titles. */
const SCRIPT = {
  titled: {
    fail: { failsAtStart: 'the device was lost: the driver reset it' },
    diverges: { divergesAt: 47 },
  },
};

test.beforeEach(async ({ page }) => {
  await withStandIn(page, SCRIPT);
});

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
  // Before it can be pressed, keys have no effect on it.
  await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
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

test('the Device view profiles a step of each stage, and is told to stop', async ({ page }) => {
  await page.goto('./');
  await openView(page, 'Device');
  await page.getByRole('button', { name: 'Profile a step' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Running a few steps' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Profile a step' }).click();
  const kernels = page.getByRole('region', { name: 'Kernels: Stage 1' });
  await expect(kernels.getByRole('row')).toHaveCount(4);
  await expect(kernels.getByRole('row', { name: /matmul_tiled 27 8 91.% 40 5.5/ })).toBeVisible();
  // What computes nothing has no rate of it.
  await expect(kernels.getByRole('row', { name: /gather_rows 9 0\.250 3.% – 4/ })).toBeVisible();
  await expect(page.getByText(/72.k tokens a second, 41 dispatches/).first()).toBeVisible();
  await expect(page.getByText(/^Memory: weights 4.MB, gradients 4.MB/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Profile again' })).toBeEnabled();
});
