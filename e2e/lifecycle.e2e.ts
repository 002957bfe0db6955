import { expect, test, type Page } from './journey';
import { secondsSession } from '../src/config/seconds.test-data';
import { linkOf } from './link-of';
import { heapOf, totalOf } from './measure/heap';
import { openView, startRun, status } from './steps';
import { heldBy, limitDevices, spoilNextDevice, watchEngine } from './watched-engine';

/** What a person does to a run in the first ten minutes, with the real engine: stop it, replace it, come back to it. */

const longSession = (seed: number) =>
  secondsSession({ seed, title: `Long ${seed}`, pretrain: { steps: 0 }, sft: { steps: 5000 }, grpo: { steps: 0 } });
const first = linkOf(longSession(5));
const second = linkOf(longSession(6));

const step = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Step', exact: true }).getAttribute('aria-valuenow'));

const rows = (page: Page) => page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
const stopButton = (page: Page) => page.locator('.topbar').getByRole('button', { name: 'Stop' });
const runButton = (page: Page) => page.locator('.topbar').getByRole('button', { name: /^Run/ });

async function choosePreset(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Preset:/ }).click();
  await page.getByRole('menuitemradio').filter({ hasText: name }).first().click();
}

async function trains(page: Page): Promise<void> {
  await expect(status(page)).toHaveText('running', { timeout: 60_000 });
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(3);
}

async function startsToTrain(page: Page): Promise<void> {
  await startRun(page);
  await trains(page);
}

async function stops(page: Page): Promise<void> {
  await stopButton(page).click();
  await expect(status(page)).toHaveText('stopped');
}

/** Collects the errors of the page, on itself and on its console; there must be none. */
function watched(page: Page): () => Promise<void> {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return async () => {
    expect(errors).toEqual([]);
    await expect(page.getByText(/That did not work|failed before/)).toHaveCount(0);
  };
}

test('a running run is stopped by its button and by the palette, and another one begins', async ({ page }) => {
  const isQuiet = watched(page);
  await page.goto(`./${first}`);
  await startsToTrain(page);
  await stops(page);
  await isQuiet();

  await runButton(page).click();
  await trains(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('Stop the run');
  await page.keyboard.press('Enter');
  await expect(status(page)).toHaveText('stopped');
  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(2);
  for (const row of await rows(page).all()) await expect(row).toContainText('stopped');
  await isQuiet();
});

test('a kept run is opened, and a link is run, while another run goes', async ({ page }) => {
  const isQuiet = watched(page);
  await page.goto(`./${first}`);
  await startsToTrain(page);
  await stops(page);
  await runButton(page).click();
  await trains(page);

  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(2);
  await rows(page)
    .last()
    .getByRole('button', { name: /^Open / })
    .click();
  await expect(status(page)).toHaveText('stopped');
  await isQuiet();

  await runButton(page).click();
  await trains(page);
  await page.evaluate((link) => (location.hash = link), second);
  await startsToTrain(page);
  await isQuiet();
  await stops(page);
  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(4);
  for (const row of await rows(page).all()) await expect(row).toContainText('stopped');
  await isQuiet();
});

test('stopped while it is prepared, a run never begins, and the next one does', async ({ page }) => {
  const isQuiet = watched(page);
  await watchEngine(page);
  let letPass: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (letPass = resolve));
  await page.route('**/countries.json*', async (route) => {
    await passed;
    await route.continue();
  });
  await page.goto('./');
  await choosePreset(page, 'Atlas, facts');
  await startRun(page);
  await expect(status(page)).toHaveText('preparing');
  await stopButton(page).click();
  letPass();
  await expect(status(page)).toHaveText('ready');
  expect(await heldBy(page)).toEqual({ devices: 0, locks: 0, workers: 1 });

  // Another preset runs where this one did not.
  await page.goto(`./${first}`);
  await startsToTrain(page);
  await stops(page);
  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(1);
  await isQuiet();
});

test('a run that cannot begin says why, leaves nothing, and another one runs', async ({ page }) => {
  await watchEngine(page);
  await page.goto(`./${first}`);
  await expect(page.getByRole('main').getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await spoilNextDevice(page, 'refuse');
  await startRun(page);
  await expect(page.getByRole('alert')).toContainText('the driver is being updated');
  await expect(page.getByText('What happened:')).toBeInViewport({ ratio: 1 });
  await expect(status(page)).toHaveText('failed');
  expect(await heldBy(page)).toEqual({ devices: 0, locks: 0, workers: 1 });

  await spoilNextDevice(page, 'lose');
  await runButton(page).click();
  await expect(status(page)).toHaveText(/failed|interrupted/);
  await expect(page.getByRole('main')).toContainText(/lost/);
  await expect.poll(() => heldBy(page)).toEqual({ devices: 0, locks: 0, workers: 1 });

  await runButton(page).click();
  await trains(page);
  await stops(page);
  expect(await heldBy(page)).toEqual({ devices: 0, locks: 0, workers: 1 });
});

test('after a run another preset is chosen and runs', async ({ page }) => {
  const isQuiet = watched(page);
  await page.goto(`./${first}`);
  await startsToTrain(page);
  await stops(page);
  await choosePreset(page, 'Kin, quick');
  await expect(status(page)).toHaveText('not run yet');
  await expect(page.locator('.timeline-step')).toHaveText('no step yet');
  await startsToTrain(page);
  await stops(page);
  await isQuiet();
});

test('closed and opened again in each stage, a run is taken up where it was', async ({ page }) => {
  test.setTimeout(300_000);
  const stages = secondsSession({
    pretrain: { steps: 300 },
    sft: { steps: 200 },
    grpo: { steps: 60 },
    checkpoint: { every: 20 },
  });
  await page.goto(`./${linkOf(stages)}`);
  await startRun(page);
  for (const [stage, past] of [
    ['stage 0, step', 2],
    ['stage 1, step', 302],
    ['stage 2, step', 502],
  ] as const) {
    await expect.poll(() => step(page), { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(past);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(status(page)).toHaveText('paused');
    await expect(page.locator('.headline-text').first()).toContainText(stage);
    await page.goto('about:blank');
    await page.goto('./');
    await page.getByRole('button', { name: /^Go on from step/ }).click();
  }
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });
  expect(await step(page)).toBe(560);
});

test('20 rounds of run, stop, open and run again leave no error, device, lock or worker', async ({ page }) => {
  test.setTimeout(400_000);
  const isQuiet = watched(page);
  await watchEngine(page);
  const heap = await heapOf(page);
  await page.goto(`./${first}`);
  const used: number[] = [];
  for (let round = 1; round <= 20; round++) {
    await runButton(page).click();
    await expect(status(page)).toHaveText('running', { timeout: 60_000 });
    await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(0);
    await stopButton(page).click();
    await expect(status(page)).toHaveText('stopped');
    await openView(page, 'Runs');
    await expect(rows(page)).toHaveCount(round);
    // The run that is on the page is open already: the one before it is opened.
    if (round > 1)
      await rows(page)
        .nth(1)
        .getByRole('button', { name: /^Open / })
        .click();
    await expect(status(page)).toHaveText('stopped');
    await expect.poll(() => heldBy(page)).toEqual({ devices: 0, locks: 0, workers: 1 });
    used.push(totalOf(await heap()));
  }
  await isQuiet();
  // Each kept run is known by name: a little more than nothing, and far less than a model or its pipelines.
  const growth = used[19]! - used[4]!;
  expect(growth).toBeLessThan(5);
});

test('a run whose device has no room for its step goes on in micro-batches, says so, and ends; without room for any it says what would fit', async ({
  page,
}) => {
  const large = secondsSession({ pretrain: { steps: 0 }, sft: { steps: 6, batch_size: 256 }, grpo: { steps: 0 }, checkpoint: { every: 2 } }); // prettier-ignore
  await watchEngine(page);
  await page.goto(`./${linkOf(large)}`);
  await expect(page.getByRole('main').getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  // Of the 32 MB that it takes as a whole, 15 in four parts.
  await limitDevices(page, 18e6);
  await startRun(page);
  await expect(page.getByText(/The GPU has no room for a step of this run: it goes on from step 0 in \d+ micro-batches/).first()).toBeVisible({ timeout: 60_000 }); // prettier-ignore
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });
  await expect(page.getByRole('main')).toContainText(/A step is computed in \d+ micro-batches/);
  await openView(page, 'Runs');
  await expect(rows(page)).toHaveCount(1);

  await limitDevices(page, 1e6);
  await openView(page, 'Run');
  await runButton(page).click();
  await expect(status(page)).toHaveText('failed', { timeout: 60_000 });
  await expect(page.getByRole('alert')).toContainText('the GPU has no room for this run even where it computes as few sequences at once as it can'); // prettier-ignore
  await expect.poll(async () => (await heldBy(page)).locks).toBe(0);
});
