import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test, type Page } from './journey';
import { serve } from '../scripts/serve.mjs';
import { unpack } from './downloaded';
import { withStandIn } from './stand-in/install';
import { status } from './steps';

/** The list of runs; a scripted worker plays them and keeps them as the engine's does. */

const rows = (page: Page) => page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
const view = (page: Page, name: string) => page.getByRole('navigation').getByRole('button', { name }).click();

async function run(page: Page): Promise<void> {
  await page.locator('.topbar').getByRole('button', { name: /^Run/ }).click();
  await expect(status(page)).toHaveText('running');
}

/** A published run beside the built page, on a host of its own, with the real worker: it is read there, and nothing is kept. */
async function readPublished(page: Page, zip: string, host: string): Promise<void> {
  cpSync('dist', host, { recursive: true });
  unpack(readFileSync(zip), host);
  const { url, close } = await serve({ folder: host, port: 4700 });
  try {
    await page.goto(`${url}?run=runs/First-try.run.zip`);
    await expect(page.getByRole('status', { name: 'Published run' })).toBeVisible();
    await expect(page.locator('.headline-text')).toContainText(/Finished: 480 steps/);
    await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuenow', '480');
    await expect(page.getByRole('region', { name: 'Result on the test queries' })).toBeVisible();
    await view(page, 'Traces');
    await expect(page.getByRole('region', { name: 'Queries' }).getByRole('listitem').first()).toBeVisible();
    await view(page, 'Runs');
    await expect(page.getByText(/^No runs yet/)).toBeVisible();
    await page.goto(`${url}?run=../First-try.run.zip`);
    await expect(page.getByRole('alert')).toContainText('cannot be opened');
  } finally {
    await page.close();
    await close();
  }
}

test('runs are kept, named, exported, deleted with a way back, imported, opened and compared', async ({
  page,
}, info) => {
  await withStandIn(page);
  await page.goto('./');
  await run(page);
  await expect(status(page)).toHaveText('finished');
  await view(page, 'Runs');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText(/nDCG@10 0\.\d{3} \[0\.\d{3}, \d\.\d{3}\]/);

  await page.getByRole('button', { name: 'More of Kin, quick' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('First try');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: /^Tags/ }).fill('ours, small');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('listitem', { name: 'First try' })).toContainText('small');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as one file' }).click();
  const file = info.outputPath('first.zip');
  await (await download).saveAs(file);

  const folder = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Publish as a page folder' }).click();
  const published = info.outputPath('published.zip');
  await (await folder).saveAs(published);

  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(page)).toHaveCount(1);

  await readPublished(await page.context().newPage(), published, info.outputPath('host'));

  const chosen = page.getByLabel('Run file to import');
  const damaged = readFileSync(file);
  damaged.writeUInt8(damaged.readUInt8(300) ^ 1, 300);
  writeFileSync(info.outputPath('damaged.zip'), damaged);
  await chosen.setInputFiles(info.outputPath('damaged.zip'));
  await expect(page.getByText(/Nothing was imported: run file: its checksum does not agree/)).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await chosen.setInputFiles(file);
  await expect(rows(page)).toHaveCount(2);

  // After a reload everything is there, and an opened run has its curves and its result again.
  await page.reload();
  await view(page, 'Runs');
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Open First try' }).first().click();
  await expect(status(page)).toHaveText('finished');
  await expect(page.locator('.headline-text')).toContainText(/Finished: 480 steps/);
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuenow', '480');
  await expect(page.getByRole('region', { name: 'Result on the test queries' })).toBeVisible();

  await view(page, 'Runs');
  for (const box of await page.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  await expect(page.getByText('Nothing but the seed: they are runs of one session.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Final results' })).toContainText('reasoning');
  await expect(page.getByRole('heading', { name: 'Held-out nDCG@10' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('compare.png') });
  await page.getByRole('button', { name: 'Back to the runs' }).click();

  // Narrowed by a tag, ordered by another metric.
  await page.getByRole('combobox', { name: 'Metric' }).selectOption('MRR@10');
  await expect(rows(page).first()).toContainText(/MRR@10 0\.\d{3}/);
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('nowhere');
  await expect(page.getByText('No run fits that.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('combobox', { name: 'Tag' }).selectOption('small');
  await expect(rows(page)).toHaveCount(2);

  // Seeds are one line, with how many are done, and those that never ran can be run.
  await page.getByRole('button', { name: 'Run with 3 seeds' }).click();
  await expect(status(page)).toHaveText('running');
  await view(page, 'Runs');
  await page.getByRole('button', { name: 'Show all' }).click();
  const seeds = page.getByRole('listitem', { name: /, 3 seeds$/ });
  await expect(seeds).toContainText('0 of 3 seeds finished, seed 1 goes on');
  await page.locator('.topbar').getByRole('button', { name: 'Stop' }).click();
  await expect(seeds.getByRole('button', { name: 'Run seed 2, 3' })).toBeVisible();
  await seeds.getByRole('button', { expanded: false }).first().click();
  await expect(seeds.getByRole('listitem', { name: /seed 1$/ })).toContainText('stopped');
});

test('a second tab watches the run of the first, and offers it when that is closed', async ({ page, context }) => {
  await withStandIn(page);
  await page.goto('./');
  await run(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(status(page)).toHaveText('paused');
  const second = await context.newPage();
  await withStandIn(second);
  await second.goto('./');
  await view(second, 'Runs');
  await expect(rows(second).first()).toContainText('in another tab');
  await second.getByRole('button', { name: /^Open / }).click();
  await expect(second.getByText('This run goes on in another tab. Here you watch it')).toBeVisible();
  await expect(status(second)).toContainText('paused');
  await expect(second.getByRole('button', { name: 'Pause' })).toHaveCount(0);
  const step = second.getByRole('slider', { name: 'Step' });
  const before = Number(await step.getAttribute('aria-valuenow'));
  await page.getByRole('button', { name: 'Resume' }).click();
  // Beyond the first checkpoint, which is kept after step 60.
  const enough = Math.max(before + 10, 75);
  await expect.poll(async () => Number(await step.getAttribute('aria-valuenow'))).toBeGreaterThan(enough);
  await page.getByRole('button', { name: 'Pause' }).click();

  await page.close();
  await second.reload();
  const offer = second.getByRole('region', { name: 'A run that broke off' });
  await expect(offer).toContainText(/broke off just now; \d+ of 480 steps are kept/);
  await offer.getByRole('button', { name: /^Go on from step/ }).click();
  await expect(status(second)).toHaveText('finished');
  await expect(step).toHaveAttribute('aria-valuenow', '480');
});

test('where the browser keeps nothing the page says so, and runs work', async ({ page }) => {
  await withStandIn(page, { storageDenied: true });
  await page.goto('./');
  await expect(page.getByText(/they are gone when the page is\s+closed/)).toBeVisible();
  await run(page);
  await page.locator('.topbar').getByRole('button', { name: 'Stop' }).click();
  await expect(status(page)).toHaveText('stopped');
  await view(page, 'Runs');
  await expect(page.getByText('This browser keeps nothing for this page')).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await page.reload();
  await view(page, 'Runs');
  await expect(page.getByText(/^No runs yet/)).toBeVisible();
});

test('a run that goes on is compared with one of the same session, up to its last checkpoint and then to its end', async ({
  page,
}) => {
  await withStandIn(page);
  await page.goto('./');
  await run(page);
  await expect(status(page)).toHaveText('finished');
  await run(page);
  // Past the first checkpoint, which is kept after step 60.
  const step = page.getByRole('slider', { name: 'Step' });
  await expect.poll(async () => Number(await step.getAttribute('aria-valuenow'))).toBeGreaterThan(75);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await view(page, 'Runs');
  await expect(rows(page)).toHaveCount(2);
  for (const box of await page.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  const verdict = page.getByRole('region', { name: 'Reproduction' }).getByRole('heading', { level: 2 });
  await expect(verdict).toHaveText(/bit for bit, up to step \d+, the last that both have kept, and going on\.$/);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(verdict).toHaveText(/bit for bit, in all 480 steps\.$/);
});

test('seeds that wait are offered again after a reload, with the one that broke off', async ({ page }) => {
  await withStandIn(page);
  await page.goto('./');
  await view(page, 'Runs');
  await page.getByRole('button', { name: 'Run with 3 seeds' }).click();
  await expect(status(page)).toHaveText('running');
  // A state of it is kept.
  await expect
    .poll(async () => Number(await page.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuenow')))
    .toBeGreaterThan(110);
  await page.reload();
  const offer = page.getByRole('region', { name: 'Seeds that are left' });
  await expect(offer).toContainText('3 of 3 seeds are left');
  await expect(offer).toContainText(/Seed 1 broke off and goes on from step \d+/);
  await offer.getByRole('button', { name: 'Go on' }).click();
  await expect(status(page)).toHaveText('running');
  await expect(offer).toHaveCount(0);
  await view(page, 'Runs');
  await expect(page.getByText('2 runs of this session wait for the one that goes on.')).toBeVisible();
  await page.getByRole('button', { name: 'Do not start them' }).click();
  await page.reload();
  await expect(page.getByRole('region', { name: 'A run that broke off' })).toBeVisible();
  await expect(offer).toHaveCount(0);
});

test('the screen stays on while a run goes, and no longer', async ({ page }) => {
  await withStandIn(page);
  await page.addInitScript(() => {
    const told: string[] = [];
    const request = (): Promise<object> => {
      told.push('on');
      const lock = {
        released: false,
        release: () => {
          lock.released = true;
          told.push('off');
          return Promise.resolve();
        },
      };
      return Promise.resolve(lock);
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
    Object.assign(window, { told });
  });
  const told = () => page.evaluate(() => String(Reflect.get(window, 'told')));
  await page.goto('./');
  expect(await told()).toBe('');
  await run(page);
  await expect.poll(told).toBe('on');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(told).toBe('on,off');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(status(page)).toHaveText('finished');
  await expect.poll(told).toBe('on,off,on,off');
});
