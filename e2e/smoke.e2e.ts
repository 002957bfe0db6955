import { gzipSync } from 'node:zlib';
import { expect, test } from './journey';
import { openView } from './steps';

test('the built page opens under a sub-path, without an error on its console', async ({ page }) => {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  await page.goto('./');
  await expect(page).toHaveTitle(/Search-R3/);
  await page.waitForLoadState('networkidle');
  expect(errors).toEqual([]);
});

test('this browser has a WebGPU adapter, so that the other journeys mean something', async ({ page }) => {
  await page.goto('./');
  const architecture = await page.evaluate(async () => (await navigator.gpu.requestAdapter())?.info.architecture);
  expect(architecture).toBeDefined();

  // It computes what the reference does, and the error of every case was measured.
  await openView(page, 'Device');
  await page.getByRole('button', { name: 'Check my GPU' }).click();
  await expect(page.getByText(/All \d cases agree with the reference, in/)).toBeVisible({ timeout: 90_000 });
  const cases = page.getByRole('region', { name: 'Cases of the check' }).getByRole('row');
  await expect(cases.filter({ hasText: '✓ agrees' })).toHaveCount((await cases.count()) - 1);
});

test('the page asks nothing of another origin', async ({ page, baseURL }) => {
  const origins = new Set<string>();
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin);
  });
  await page.goto('./');
  await page.waitForLoadState('networkidle');
  expect([...origins]).toEqual([new URL(baseURL ?? '').origin]);
});

test('what the page loads before anybody does anything is at most 250 kB, as hosts pack it', async ({ page }) => {
  const packed = new Map<string, Promise<number>>();
  page.on('response', (response) => {
    const { protocol, pathname } = new URL(response.url());
    // The worker is fetched beside the page, which is drawn and answers without it.
    if (protocol === 'blob:' || protocol === 'data:' || /\/worker-[^/]*\.js$/.test(pathname)) return;
    packed.set(
      pathname,
      response.body().then((body) => gzipSync(body).length),
    );
  });
  await page.goto('./');
  await page.waitForLoadState('networkidle');
  const bytes = await Promise.all(packed.values());
  const total = bytes.reduce((sum, each) => sum + each, 0);
  test.info().annotations.push({ type: 'bytes of the first load', description: String(total) });
  expect(bytes.length).toBeGreaterThan(5);
  expect(total).toBeLessThanOrEqual(250_000);
});
