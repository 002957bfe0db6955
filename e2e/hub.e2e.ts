import { AxeBuilder } from '@axe-core/playwright';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serve } from '../scripts/serve.mjs';
import { COMMIT, HubServer } from './hub-server';
import { expect, test } from './journey';
import { smallCheckpoint } from './small-checkpoint';
import { openView, withoutGuide } from './steps';

test.setTimeout(120_000);
test.describe.configure({ mode: 'serial' });

let root = '';
let page: Awaited<ReturnType<typeof serve>>;
const files = smallCheckpoint();
const server = new HubServer(files);

/** The page is built for the hub of the test: its policy names that host. */
test.beforeAll(async () => {
  test.setTimeout(120_000);
  root = mkdtempSync(join(tmpdir(), 'hub-'));
  const { hub, store } = await server.listen();
  const env = { ...process.env, SEARCH_R3_LAB_HUB: hub, SEARCH_R3_LAB_HUB_HOSTS: store };
  const built = spawnSync(
    process.execPath,
    [resolve('node_modules/vite/bin/vite.js'), 'build', '--outDir', root, '--emptyOutDir', '--logLevel', 'error'],
    { env, encoding: 'utf8' },
  );
  expect(built.stderr).toBe('');
  page = await serve({ folder: root, port: 4490 });
});
test.afterAll(() => {
  void page.close();
  server.close();
  rmSync(root, { recursive: true });
});
test.beforeEach(() => {
  server.asked.length = 0;
  server.breaksAfter = Infinity;
  server.pieces = Infinity;
});

test('a model is fetched after consent, taken up where connections broke, and stands in Models', async ({
  page: tab,
}) => {
  await withoutGuide(tab);
  await tab.goto(`${page.url}hub.html`);
  await expect(tab.getByRole('button', { name: 'Look it up' })).toBeDisabled();
  expect(server.asked).toEqual([]);
  await tab.getByLabel('Model').fill('owner/small');
  await tab.getByRole('button', { name: 'Look it up' }).click();
  const consent = tab.getByRole('region', { name: 'What would be fetched' });
  await expect(consent).toContainText(COMMIT);
  await expect(consent).toContainText('owner/small');
  await expect(consent).toContainText('apache-2.0');
  await expect(consent).toContainText('model.safetensors');
  // Only the list was requested before the consent.
  expect(server.asked).toEqual(['hub GET /api/models/owner/small/revision/main?blobs=true']);
  expect((await new AxeBuilder({ page: tab }).analyze()).violations).toEqual([]);

  const bytes = files.get('model.safetensors')!.length;
  server.breaksAfter = Math.ceil(bytes / 2.5);
  await consent.getByRole('button', { name: /^Fetch \d+ files, / }).click();
  await expect(tab.getByRole('status')).toContainText('small is kept in this browser', { timeout: 30_000 });
  const ranges = server.asked
    .filter((line) => line.startsWith('store GET'))
    .map((line) => line.split(' ').at(-1) ?? '');
  // The browser may ask once more by itself where a connection broke early.
  const from = [...new Set(ranges.map((range) => Number(/\d+/.exec(range)?.[0])))];
  expect(from.length).toBeGreaterThanOrEqual(3);
  expect(from[0]).toBe(0);
  expect(from).toEqual([...from].sort((a, b) => a - b));

  await tab.getByRole('link', { name: 'Open the lab' }).click();
  await openView(tab, 'Models');
  const row = tab.getByRole('listitem', { name: 'small' });
  await expect(row).toContainText(`/owner/small/tree/${COMMIT}`);
  await row.getByRole('button', { name: 'Open small' }).click();
  await expect(tab.getByRole('region', { name: 'What it is' })).toContainText('2 layers of 32 channels');
});

test('what is gated, lost or cancelled says so, and nothing is kept', async ({ page: tab }) => {
  await tab.goto(`${page.url}hub.html#owner/gated`);
  await expect(tab.getByLabel('Model')).toHaveValue('owner/gated');
  const look = tab.getByRole('button', { name: 'Look it up' });
  await look.click();
  const note = tab.getByRole('alert');
  await expect(note).toContainText('private, gated or not there (401)');
  await tab.getByLabel('Model').fill('owner/lost');
  await look.click();
  await expect(note).toContainText('not there (404)');
  await tab.getByLabel('Model').fill('owner/small');
  await look.click();
  server.pieces = 500;
  await tab.getByRole('button', { name: /^Fetch \d+ files, / }).click();
  await expect(tab.getByText(/^Fetching owner\/small: \d/)).toBeVisible();
  await expect.poll(() => server.asked.some((line) => line.startsWith('store'))).toBe(true);
  await tab.getByRole('button', { name: 'Cancel' }).click();
  await expect(tab.getByRole('region', { name: 'What would be fetched' })).toBeVisible();
  await expect(note).toHaveCount(0);
  const left = await tab.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('search-r3-lab-models');
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return names;
  });
  expect(left).toEqual([]);
});
