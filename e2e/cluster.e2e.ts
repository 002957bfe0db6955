import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from './journey';
import { unpack } from './downloaded';

/** From a cluster and to one, on the real engine: the folder that comes back is a run like any other. */

const view = (page: Page, name: string) => page.getByRole('navigation').getByRole('button', { name }).click();
const row = (page: Page) => page.getByRole('listitem', { name: 'Small, from a cluster' });

test('a run that a cluster trained is imported, read, searched, exported, and handed over again', async ({
  page,
}, info) => {
  const folder = info.outputPath('run');
  const made = spawnSync(process.execPath, ['e2e/cluster-run.mjs', folder], { encoding: 'utf8' });
  expect(made.stderr).toBe('');

  await page.goto('./');
  await view(page, 'Runs');
  const picker = page.getByLabel('Folder from a cluster to import');
  const done = readFileSync(join(folder, 'done.json'), 'utf8');
  writeFileSync(join(folder, 'done.json'), done.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
  await picker.setInputFiles(folder);
  await expect(
    page.getByText(/Nothing was imported: run\/checkpoint: not the model that this run ended with/),
  ).toBeVisible();
  await expect(row(page)).toHaveCount(0);
  writeFileSync(join(folder, 'done.json'), done);
  await picker.setInputFiles(folder);
  await expect(row(page)).toBeVisible();

  await page.getByRole('button', { name: 'More of Small, from a cluster' }).click();
  await expect(row(page)).toContainText('On cluster, 2 processes.');
  await expect(row(page).getByText('Fork from step')).toHaveCount(0);
  const cluster = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Hand over to a cluster' }).click();
  const zip = info.outputPath('cluster.zip');
  await (await cluster).saveAs(zip);
  const again = info.outputPath('again');
  unpack(readFileSync(zip), again);
  const about = JSON.parse(readFileSync(join(again, 'hand-over.json'), 'utf8')) as { step: number; session: string };
  const before = JSON.parse(readFileSync(join(folder, 'hand-over.json'), 'utf8')) as { step: number; session: string };
  expect(about.session).toBe(before.session);
  expect(about.step).toBe(2);
  for (const name of ['train.py', 'requirements.txt', 'slurm.sh', 'kubernetes.yaml', 'batches/sft.jsonl']) {
    expect(existsSync(join(again, name))).toBe(true);
  }
  const model = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the model' }).click();
  const taken = info.outputPath('model.zip');
  await (await model).saveAs(taken);
  const opened = info.outputPath('model');
  unpack(readFileSync(taken), opened);
  expect(readFileSync(join(opened, 'model.safetensors'))).toEqual(
    readFileSync(join(folder, 'checkpoint', 'model.safetensors')),
  );

  await page.getByRole('button', { name: 'Open Small, from a cluster' }).click();
  await expect(page.locator('.headline-text')).toContainText(/Finished: 7 steps/);
  await view(page, 'Traces');
  await expect(page.getByRole('region', { name: 'Queries' }).getByRole('listitem').first()).toBeVisible();
  await view(page, 'Graph');
  await expect(page.locator('.graph-sentence')).toContainText('without edges and without the paths of searches');

  await view(page, 'Search');
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Rankings' })).toBeVisible();
});
