import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { chromium } from 'playwright/test';
import { expect, test } from './journey';
import { chromiumFlags, findChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { secondsSession } from '../src/config/seconds.test-data';
import { linkOf } from './link-of';
import { openView, startRun, status, withoutGuide } from './steps';

/** A run of all stages on the real engine, published with the page by the command line, and read without training. */

const session = linkOf(
  secondsSession({
    title: 'To be read',
    pretrain: { steps: 2 },
    sft: { steps: 3 },
    grpo: { steps: 3 },
    evaluation: { every: 2 },
  }),
);

/** As in a browser that cannot train: the run is looked at, and a link is read. */
async function opensWithoutWebGpu(url: string): Promise<void> {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: chromiumFlags.filter((flag) => !flag.includes('webgpu')),
    ...(executablePath === null ? {} : { executablePath }),
  });
  try {
    const page = await browser.newPage();
    await withoutGuide(page);
    await page.goto(url);
    await expect(page.locator('.headline-text')).toContainText('Finished: 8 steps');
    await expect(page.getByRole('img', { name: /^Loss\./ }).locator('canvas')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'This browser offers no WebGPU.' })).toHaveCount(0);
    await openView(page, 'Traces');
    await expect(page.locator('.token-line').first()).toBeVisible();
    await openView(page, 'Graph');
    await expect(page.getByRole('list', { name: 'Documents' })).toContainText(/\d/);
    await openView(page, 'Search');
    await expect(page.getByRole('main')).toContainText('To ask a model takes WebGPU.');

    await page.goto('about:blank');
    await page.goto(`${url}${linkOf({ title: 'Another session' })}`);
    await expect(page.getByRole('heading', { name: 'Another session' })).toBeVisible();
    const card = page.locator('.opened-card');
    await expect(card).toContainText('to run it takes WebGPU');
    await expect(card.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
    await card.getByRole('button', { name: 'What to do' }).click();
    await page.getByRole('button', { name: 'Import a run' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Runs');
  } finally {
    await browser.close();
  }
}

test('a published page opens its run with curves, traces and graph, and trains nothing', async ({ page }, info) => {
  await withoutGuide(page);
  await page.goto(`./${session}`);
  await startRun(page);
  await expect(status(page)).toHaveText('finished', { timeout: 150_000 });
  await openView(page, 'Runs');
  await page.getByRole('button', { name: /^More of/ }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as one file' }).click();
  const file = info.outputPath('To-be-read.run.zip');
  await (await download).saveAs(file);
  // With its model, as other programs read it.
  const names = Object.keys(unzipSync(readFileSync(file), { filter: ({ name }) => name.startsWith('checkpoint/') }));
  const model = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json', 'README.md'];
  expect(names).toEqual(expect.arrayContaining(model.map((name) => `checkpoint/${name}`)));

  const host = info.outputPath('host');
  const lab = fileURLToPath(new URL('../scripts/lab.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [lab, 'publish', file, '--out', host], { encoding: 'utf8' });
  expect(stdout, stderr).toContain('"run": "runs/To-be-read.run.zip"');

  const { url, close } = await serve({ folder: host, port: 4740 });
  const reader = await page.context().newPage();
  try {
    await withoutGuide(reader);
    await reader.goto(url);
    await expect(reader.getByRole('status', { name: 'Published run' })).toBeVisible();
    await expect(reader.locator('.headline-text')).toContainText('Finished: 8 steps');
    await expect(reader.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuenow', '8');
    await expect(reader.getByRole('region', { name: 'Result on the test queries' })).toBeVisible();
    const curve = reader.getByRole('img', { name: /^Loss\./ });
    await expect(curve.locator('canvas')).toBeVisible();

    await openView(reader, 'Traces');
    await reader.getByRole('region', { name: 'Queries' }).getByRole('listitem').first().getByRole('button').click();
    await expect(reader.locator('.token-line').first()).toBeVisible();

    await openView(reader, 'Graph');
    await expect(reader.getByRole('application', { name: 'The documents in a plane' })).toBeVisible();
    await expect(reader.getByRole('slider', { name: 'Phase of the refresh' })).toBeVisible();
    await expect(reader.getByRole('list', { name: 'Documents' })).toContainText(/\d/);

    // A link that is opened there comes before it.
    await reader.goto('about:blank');
    await reader.goto(`${url}${linkOf({ title: 'Another session' })}`);
    await expect(reader.getByRole('heading', { name: 'Another session' })).toBeVisible();
    await expect(reader.getByRole('status', { name: 'Published run' })).toHaveCount(0);
    await opensWithoutWebGpu(url);
  } finally {
    await reader.close();
    await close();
  }
});
