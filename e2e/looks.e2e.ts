import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findings } from './axe';
import { expect, test } from './journey';
import { withStandIn } from './stand-in/install';
import { linkOf } from './link-of';
import { openView, startRun, status } from './steps';
import type { PartialSession } from '../src/config/session';
import { SMALL_SESSION } from './stand-in/small-session';

/**
 * The folder of pictures: every view at three widths in both themes. Axe checks here what no other journey shows it.
 */

const SCREENS = 'screens';
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [1440, 1024, 390];
const SESSION: PartialSession = { ...SMALL_SESSION, environment: { budget: 0.15 } };

/** Whether the graph's picture, where there is one, has the size and the theme of the page. */
function isDrawn(): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>('.plane canvas');
  if (!canvas) return true;
  const pixel = canvas.getContext('2d')?.getImageData(0, 0, 1, 1).data;
  const wanted = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
  const isClose = wanted.slice(0, 3).every((value, i) => Math.abs(value - (pixel?.[i] ?? -9)) < 4);
  return isClose && canvas.width === Math.round(canvas.clientWidth * devicePixelRatio);
}

test('every view as a picture, at three widths in both themes', async ({ page }) => {
  test.setTimeout(400_000);
  mkdirSync(SCREENS, { recursive: true });
  const found: string[] = [];
  const keep = async (name: string, check?: 'axe'): Promise<void> => {
    for (const colorScheme of THEMES) {
      for (const width of WIDTHS) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 900 });
        // What follows the size, such as charts, is drawn a frame later.
        await page.evaluate(
          () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn, 50)))),
        );
        await page.waitForFunction(isDrawn);
        const where = `${name}-${width}-${colorScheme}`;
        await page.screenshot({ path: join(SCREENS, `${where}.png`) });
        const spill = await page.evaluate(() => {
          const { scrollTop, scrollWidth, clientWidth } = document.documentElement;
          const view = document.querySelector('main');
          return scrollTop > 0 || scrollWidth > clientWidth || (view !== null && view.scrollWidth > view.clientWidth);
        });
        if (spill) found.push(`${where}: wider than the page, or the page itself scrolled`);
        if (check !== 'axe') continue;
        found.push(...(await findings(page)).map((finding) => `${where}: ${finding}`));
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  const run = async (seed: number): Promise<void> => {
    await page.goto('about:blank');
    await page.goto(`./${linkOf({ ...SESSION, seed })}`);
    await startRun(page);
    await expect(status(page)).toHaveText('finished');
  };

  await withStandIn(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await keep('run-ready');
  await run(1);
  const guide = page.getByRole('region', { name: 'Guided first run' });
  await guide.getByRole('button', { name: 'Show the chart' }).click();
  await expect(guide).toContainText('The curves parted');
  await keep('run-guide');
  await page.getByRole('button', { name: /^Close the guided first run/ }).click();
  await expect(guide).toHaveCount(0);
  await keep('run-finished');

  await openView(page, 'Traces');
  await expect(page.locator('.completion')).toHaveCount(4);
  await keep('traces');
  await page.locator('.completion.current .token-button').nth(1).click();
  await expect(page.locator('.nearest li')).toHaveCount(10);
  await keep('traces-token');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Held-out, greedy' }).click();
  await page.getByRole('button', { name: 'Through training' }).click();
  await expect(page.locator('.through .completion')).toHaveCount(7);
  await keep('traces-through');

  await openView(page, 'Graph');
  await expect(page.locator('.plane canvas')).toHaveAttribute('data-step', '102');
  await keep('graph');
  await page.locator('.plane canvas').press('ArrowRight');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible();
  await keep('graph-document');
  await page.keyboard.press('Escape');

  await openView(page, 'Search');
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(page.locator('.hit').first()).toBeVisible();
  await keep('search');
  await openView(page, 'Bench');
  await expect(page.getByText('Drop a folder or files here')).toBeVisible();
  await keep('bench');
  await openView(page, 'Device');
  await expect(page.getByText('stand-in')).toBeVisible();
  await keep('device');

  await run(2);
  await openView(page, 'Runs');
  await expect(page.getByRole('list', { name: 'Runs' }).getByRole('listitem')).toHaveCount(2);
  await keep('runs', 'axe');
  for (const box of await page.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  await expect(page.getByRole('heading', { name: 'Held-out nDCG@10' })).toBeVisible();
  await keep('compare', 'axe');
  expect(found).toEqual([]);
});
