import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonSession } from '../src/config/base-session';
import { createKin } from '../src/tasks/kin/task';
import { findings } from './axe';
import { expect, test } from './journey';
import { smallCheckpoint, writeFolder } from './small-checkpoint';
import { openView, status, withoutGuide } from './steps';

let root = '';
test.beforeEach(async ({ page }) => {
  root = mkdtempSync(join(tmpdir(), 'reason-'));
  await withoutGuide(page);
});
test.afterEach(() => rmSync(root, { recursive: true }));

/** The words of Kin as the page sets it up, for a tokenizer that reads them. */
function kinWords(): string[] {
  const base = { sha256: 'ab'.repeat(32), name: '', from: '' };
  const { task, seed } = reasonSession(base, 'kin', '', { longest: null, context: 64 });
  const words = createKin(task, seed).vocabulary.filter((word) => !/^<.*>$/.test(word));
  return ['<unk>', '<|embed_token|>', ...words];
}

test('a model is taught to reason in one click: stage 1, then updates of stage 2', async ({ page }) => {
  test.setTimeout(240_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  const folder = writeFolder(join(root, 'small'), smallCheckpoint(1, kinWords()));
  await page.getByLabel('Model folder').setInputFiles(folder);
  const reason = page.getByRole('region', { name: 'Reason' });

  // A model that knows nothing of the world is asked, and says so; nothing starts.
  await reason
    .getByRole('combobox', { name: /^Task/ })
    .selectOption({ label: 'World: the capital of a city’s country' });
  await reason.getByRole('button', { name: 'Reason now' }).click();
  await expect(reason.getByRole('status')).toContainText(/asked what it knows|weights go|tokenizer/);
  await expect(reason.getByRole('alert')).toContainText('knows 0 cities in 0 countries', { timeout: 60_000 });
  expect(await findings(page)).toEqual([]);

  await reason.getByRole('combobox', { name: /^Task/ }).selectOption({ label: 'Kin: a made-up world of 32 entities' });
  await reason.getByRole('button', { name: 'Reason now' }).click();
  await expect(status(page)).toHaveText('finished', { timeout: 200_000 });
  await openView(page, 'Traces');
  // Every update of stage 2 left what it sampled.
  await expect(page.getByRole('main')).toContainText('All 20 recorded');
  await openView(page, 'Models');
  const home = page.getByRole('region', { name: 'Take home' });
  await expect(home.getByRole('listitem').filter({ hasText: 'adapter of rank 8 · step 80 of 80' })).toBeVisible();
  expect(errors).toEqual([]);
});
