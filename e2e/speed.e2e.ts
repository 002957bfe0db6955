import { chromiumFlags, findChromium } from '../scripts/chromium.mjs';
import { findings, findingsInBothThemes } from './axe';
import { expect, test } from './journey';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('the page of speeds measures this browser’s adapter part by part, is cancelled at once, and gives a table to copy', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('./speed.html#tiny');
  const measure = page.getByRole('button', { name: 'Measure', exact: true });
  await expect(measure).toBeEnabled();
  await expect(page.getByRole('table')).toHaveCount(0);

  await measure.click();
  await expect(page.getByRole('status')).toContainText(/Measuring .*: \d+ of \d+\./);
  await expect(page.getByRole('row')).not.toHaveCount(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Cancelled after' })).toBeVisible();
  const again = page.getByRole('button', { name: 'Measure again' });
  await expect(again).toBeVisible();

  await again.click();
  await expect(page.getByRole('button', { name: 'Copy the table' })).toBeVisible({ timeout: 120_000 });
  const rows = page.getByRole('region', { name: 'Speeds' }).getByRole('row');
  // The head, a product of its own, and 11 parts that each size has.
  await expect(rows).toHaveCount(1 + 1 + 11);
  await expect(page.getByText('not here')).toHaveCount(0);
  await expect(page.getByText('This adapter computes on the processor')).toBeVisible();
  await page.getByRole('button', { name: 'Copy the table' }).click();
  await expect(page.getByRole('status')).toContainText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('tiny sizes');
  expect(copied).toMatch(/swiftshader|llvmpipe|on the processor/i);
  expect(copied).toMatch(/\| training step, 1 × 32 channels, 128 tokens \| [\d.,]+ \| [\d.,]+ tokens\/s \|/);
  expect(copied.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(2 + 12);
  expect(await findingsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
  // It asks its own origin alone.
  expect(asked.filter((url) => !url.startsWith('blob:') && new URL(url).origin !== new URL(page.url()).origin)).toEqual(
    [],
  );
});

test('the page of speeds says so where the browser has no adapter', async ({ baseURL, playwright }) => {
  const { chromium } = playwright;
  const executablePath = findChromium();
  const args = chromiumFlags.filter((flag) => !flag.includes('webgpu'));
  const browser = await chromium.launch({ args, ...(executablePath === null ? {} : { executablePath }) });
  try {
    const page = await browser.newPage();
    await page.goto(new URL('speed.html', baseURL).href);
    await page.getByRole('button', { name: 'Measure' }).click();
    await expect(page.getByRole('alert')).toContainText('WebGPU');
    await expect(page.getByRole('button', { name: 'Measure again' })).toBeEnabled();
    expect(await findings(page)).toEqual([]);
  } finally {
    await browser.close();
  }
});
