import { findingsInBothThemes } from './axe';
import { expect, test, type Page } from './journey';
import { openView } from './steps';

/**
 * Runs first in the worker: its software adapter says that it is a graphics card, so that there is something to tune. No
 * device is opened ahead, on which it would compile a whole session's kernels with tiles, for half a minute.
 */
const DISGUISE = `
Object.defineProperty(GPUAdapter.prototype, 'info', {
  get: () => ({ vendor: 'nobody', architecture: 'disguised', description: '', isFallbackAdapter: false }),
});
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = function (asked) {
  if (asked?.label === 'ahead') return Promise.reject(new Error('no device is opened ahead here'));
  return requestDevice.call(this, asked);
};
`;

const disguised = (page: Page) =>
  page.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: DISGUISE + (await response.text()) });
  });

/** The time after which the page tunes a GPU by itself. */
const QUIET_MS = 5000;

const card = (page: Page) => page.getByRole('region', { name: 'Tuned kernels' });
const times = (page: Page) => page.getByRole('region', { name: 'Time of each tile' });

test('where the adapter is the processor, the Device view says why nothing is tuned', async ({ page }) => {
  await page.goto('./');
  await openView(page, 'Device');
  await expect(card(page)).toContainText('Nothing to tune on this adapter: it computes on the processor');
  await expect(card(page).getByRole('button', { name: /Tune|Forget/ })).toHaveCount(0);
});

test('a GPU is tuned unasked or asked: the time of each tile is shown, kept for the next visit, forgotten and brought back', async ({
  page,
}) => {
  await disguised(page);
  await page.goto('./');
  await openView(page, 'Device');
  const tune = card(page).getByRole('button', { name: 'Tune this GPU' });
  await expect(card(page)).toContainText('Not tuned yet.');
  // The page is left alone: it begins by itself.
  await expect(card(page).getByRole('progressbar')).toBeVisible();
  await card(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(card(page)).toContainText('Not tuned yet.');
  await tune.click();
  await expect(card(page).getByRole('button', { name: 'Tune again' })).toBeEnabled({ timeout: 90_000 });
  await expect(card(page)).toContainText(/Measured on \d{4}-\d{2}-\d{2} on nobody · disguised \(hardware\)\./);
  const products = (await times(page).getByRole('row').count()) - 1;
  expect(products).toBeGreaterThan(0);
  await expect(times(page).locator('.fastest')).toHaveCount(products);
  await expect(times(page).getByText('taken without a tuning')).toHaveCount(products);
  expect(await findingsInBothThemes(page)).toEqual([]);

  const measured = await times(page).innerText();
  await page.reload();
  await openView(page, 'Device');
  await expect(times(page)).toBeVisible();
  expect(await times(page).innerText()).toBe(measured);

  const forget = card(page).getByRole('button', { name: 'Forget' });
  await forget.click();
  await expect(card(page)).toContainText('Not tuned yet.');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(times(page)).toBeVisible();
  expect(await times(page).innerText()).toBe(measured);
  await forget.click();
  await expect(tune).toBeVisible();
  await page.reload();
  await openView(page, 'Device');
  // What was forgotten on purpose is not measured again unasked.
  await page.waitForTimeout(2 * QUIET_MS);
  await expect(card(page)).toContainText('Not tuned yet.');
  await expect(tune).toBeEnabled();
});
