import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { expect, test } from './journey';
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
  } finally {
    await reader.close();
    await close();
  }
});
