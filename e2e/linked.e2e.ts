import { expect, test, type Page } from './journey';
import { linkOf } from './link-of';
import { withStandIn } from './stand-in/install';
import { openView, startRun, status, withoutGuide } from './steps';
import { SMALL_SESSION } from './stand-in/small-session';

/** A step that is pointed at is marked wherever the page shows steps; a scripted worker plays the run. */

const TOTAL = 102;
const link = linkOf(SMALL_SESSION);

const marked = (page: Page) => page.locator('.timeline-pointed');

async function pointOnTimeline(page: Page, step: number): Promise<void> {
  const box = await page.getByRole('slider', { name: 'Step', exact: true }).boundingBox();
  if (!box) throw new Error('there is no timeline');
  await page.mouse.move(box.x + ((step - 0.5) / TOTAL) * box.width, box.y + box.height / 2);
  await expect(marked(page)).toHaveAttribute('data-step', String(step));
}

test('a step pointed at in one place is marked in all', async ({ page }) => {
  await withoutGuide(page);
  await withStandIn(page);
  await page.goto(`./${link}`);
  await startRun(page);
  await expect(status(page)).toHaveText('finished');

  // From one chart to all the others, their values and the timeline.
  const plots = page.locator('.plot');
  const count = await plots.count();
  expect(count).toBeGreaterThan(5);
  const loss = page.locator('.chart-card').filter({ has: page.getByRole('heading', { name: 'Loss', exact: true }) });
  const newest = await loss.locator('.chart-now').textContent();
  await loss.locator('.u-over').hover({ position: { x: 160, y: 60 } });
  await expect(marked(page)).toHaveCount(1);
  const step = (await marked(page).getAttribute('data-step')) ?? '';
  expect(Number(step)).toBeGreaterThan(1);
  expect(Number(step)).toBeLessThan(TOTAL);
  await expect(page.locator(`.plot[data-pointed="${step}"]`)).toHaveCount(count);
  await expect(loss.locator('.chart-now')).not.toHaveText(newest ?? '');

  // From the timeline to all charts, and away again; no step is chosen.
  await pointOnTimeline(page, 50);
  await expect(page.locator('.plot[data-pointed="50"]')).toHaveCount(count);
  await page.mouse.move(700, 5);
  await expect(marked(page)).toHaveCount(0);
  await expect(page.locator('.plot[data-pointed]')).toHaveCount(0);
  await expect(loss.locator('.chart-now')).toHaveText(newest ?? '');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toHaveCount(0);

  // The traces' steps, both ways.
  await openView(page, 'Traces');
  await page.getByRole('button', { name: 'All 12 recorded' }).click();
  const entries = page.getByRole('region', { name: 'Queries' }).locator('.trace-entry');
  await entries.filter({ hasText: 'step 100' }).first().hover();
  await expect(marked(page)).toHaveAttribute('data-step', '100');
  await pointOnTimeline(page, 99);
  await expect(entries.filter({ hasText: 'step 99' }).first()).toHaveClass(/pointed/);
  await expect(page.locator('.trace-entry.pointed')).toHaveCount(6);
  await page.getByRole('button', { name: 'Held-out, greedy' }).click();
  await page.getByRole('button', { name: 'Through training' }).click();
  const rows = page.locator('.through .completion');
  await expect(rows).toHaveCount(7);
  await rows.getByRole('button', { name: 'step 60', exact: true }).hover();
  await expect(marked(page)).toHaveAttribute('data-step', '60');
  await pointOnTimeline(page, 75);
  await expect(page.locator('.through .completion.pointed')).toContainText('step 70');

  // The graph says what the step did that the timeline points at, and its cards point back.
  await openView(page, 'Graph');
  const canvas = page.locator('.plane canvas');
  await expect(canvas).toHaveAttribute('data-step', String(TOTAL));
  await pointOnTimeline(page, 95);
  await expect(page.locator('.plane-pointed')).toContainText('Step 95 re-encoded');
  await expect(canvas).toHaveAttribute('data-step', String(TOTAL));
  await canvas.press('ArrowRight');
  const back = page.getByRole('complementary', { name: 'Inspector' }).getByRole('button', { name: /^step \d+$/ });
  await back.first().focus();
  await expect(marked(page)).toHaveAttribute('data-step', /\d+/);
  const other = (await marked(page).getAttribute('data-step')) ?? '';
  await expect(back.first()).toHaveText(`step ${other}`);
});
