import { expect, test } from './journey';
import { withStandIn } from './stand-in/install';
import { runButton, status } from './steps';

/** The guided first run; a scripted worker plays it. */

test.beforeEach(async ({ page }) => {
  await withStandIn(page);
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
