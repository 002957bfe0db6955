import { expect, test, type Page } from './journey';
import { linkOf } from './link-of';
import { withStandIn } from './stand-in/install';
import { openView, runButton, startRun, status } from './steps';
import { SMALL_SESSION } from './stand-in/small-session';

/** Reading what the model wrote; a scripted worker plays the run. */

const link = linkOf(SMALL_SESSION);

async function finished(page: Page): Promise<void> {
  await withStandIn(page);
  await page.goto(`./${link}`);
  await startRun(page);
  await expect(status(page)).toHaveText('finished');
}

test('before a run the view says what would be here, and starts one', async ({ page }) => {
  await withStandIn(page);
  await page.goto('./');
  await openView(page, 'Traces');
  await expect(page.getByText('Here is what the model writes')).toBeVisible();
  await expect(runButton(page)).toBeEnabled();
});

test('a group shows its completions, why each got its reward, and the rank under every token', async ({ page }) => {
  await finished(page);
  await openView(page, 'Traces');
  const list = page.getByRole('region', { name: 'Queries' });
  await expect(list.getByRole('button')).toHaveCount(6);
  await expect(page.getByRole('button', { name: 'Sampled in training' })).toHaveAttribute('aria-pressed', 'true');
  const group = page.getByRole('region', { name: 'Completions' });
  await expect(group.locator('.completion')).toHaveCount(4);
  await expect(group.locator('.completion.current .completion-words')).toContainText(/reward/i);

  // Along the tokens by keys; the inspector follows.
  const line = group.getByRole('list', { name: 'Completion 1, token by token' });
  await line.getByRole('button').first().focus();
  await page.keyboard.press('ArrowRight');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector).toContainText('Completion 1 of 4');
  await expect(inspector).toContainText('Nearest documents here');
  await expect(inspector.locator('.nearest li')).toHaveCount(10);
  await expect(inspector).toContainText(/As the model stood after step \d+, every document encoded by it/);
  await page.keyboard.press('ArrowDown');
  await expect(inspector).toContainText('Completion 2 of 4');
  await page.keyboard.press('End');
  await expect(inspector).toContainText('At its embed token');
  await inspector.locator('.nearest button').first().click();
  await expect(inspector).toContainText('Document ');

  for (const [name, legend] of [
    ['entropy', '3 nats and more'],
    ['advantage', 'below the group'],
    ['surprise', 'certain'],
  ] as const) {
    await group.getByRole('button', { name, exact: true }).click();
    await expect(group.getByLabel('Legend')).toContainText(legend);
  }
});

test('filters and words find completions over all recorded steps', async ({ page }) => {
  await finished(page);
  await openView(page, 'Traces');
  const list = page.getByRole('region', { name: 'Queries' });
  await page.getByRole('button', { name: 'All 12 recorded' }).click();
  await expect(list.getByRole('status')).toHaveText('60 queries, and more');
  await list.getByRole('button', { name: 'Earlier steps' }).click();
  await expect(list.getByRole('status')).toHaveText('72 queries');
  const first = (await list.locator('.trace-entry-query').first().textContent()) ?? '';
  await page.getByRole('searchbox').fill(first);
  await expect(list.locator('.trace-entry-query').first()).toHaveText(first);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('combobox', { name: 'Depth' }).selectOption('2 hops');
  await page.getByRole('combobox', { name: 'Reasoning' }).selectOption('wrong');
  await expect(list.getByRole('status')).not.toHaveText('72 queries');
  await expect(list.locator('.trace-entry').first()).toContainText('2 hops');
  await page.getByRole('combobox', { name: 'Reward' }).selectOption('full, found first');
  await page.getByRole('combobox', { name: 'Depth' }).selectOption('1 hop');
  await expect(list.getByRole('status')).toHaveText('Nothing that was recorded passes these filters.');
});

test('the same held-out query is read through training', async ({ page }) => {
  await finished(page);
  await openView(page, 'Traces');
  await page.getByRole('button', { name: 'Held-out, greedy' }).click();
  const list = page.getByRole('region', { name: 'Queries' });
  await expect(list.getByRole('status')).toHaveText('8 queries');
  await list.locator('.trace-entry').nth(3).click();
  await page.getByRole('button', { name: 'Through training' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Its greedy completion at 7 steps' })).toBeVisible();
  await expect(page.locator('.through .completion')).toHaveCount(7);
  await expect(page.getByRole('img', { name: /^Rank over time: step 40: \d+/ })).toBeVisible();
  await expect(page.locator('.token-button.changed').first()).toBeVisible();
});

test('a query asked in Search is followed through training, and a result is shown in the graph', async ({ page }) => {
  await finished(page);
  await openView(page, 'Search');
  await page.getByRole('main').getByRole('textbox', { name: 'Query', exact: true }).fill('no such query');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('That could not be searched');
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').nth(1).click();
  const earlier = page.getByRole('region', { name: 'Through training' });
  await earlier.getByRole('button', { name: 'The same query through training' }).click();
  await expect(earlier.locator('.completion')).toHaveCount(7);
  await expect(earlier.getByRole('img', { name: /^Rank over time: step 40: \d+/ })).toBeVisible();

  const hit = page.getByRole('region', { name: 'Rankings' }).locator('.hit').first();
  const text = (await hit.locator('.hit-text').textContent()) ?? '';
  await hit.click();
  const card = page.getByRole('complementary', { name: 'Inspector' });
  await expect(card).toContainText(text);
  await card.getByRole('button', { name: 'Show it in the graph' }).click();
  await expect(page.locator('.plane canvas')).toHaveAttribute('data-step', '102');
  await expect(card).toContainText(text);
  await expect(page.locator('.plane [role=status]')).toContainText(text);
});

test('a link points at a completion of a step, and opens there', async ({ page, context }) => {
  await finished(page);
  await openView(page, 'Traces');
  await page.getByRole('region', { name: 'Queries' }).locator('.trace-entry').nth(2).click();
  const query = (await page.locator('.trace-head h2').textContent()) ?? '';
  await page.getByRole('list', { name: 'Completion 3, token by token' }).getByRole('button').first().click();
  await page.locator('.topbar').getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText(/the completion in view/)).toBeVisible();
  const shared = await page.getByRole('textbox', { name: 'Link' }).inputValue();

  const other = await context.newPage();
  await withStandIn(other);
  await other.goto(shared);
  await expect(other.getByText(/It points at completion 3 of a query at step \d+/)).toBeVisible();
  await startRun(other);
  await expect(other.locator('.trace-head h2')).toHaveText(query);
  await expect(other.getByRole('complementary', { name: 'Inspector' })).toContainText('Completion 3 of 4');
});
