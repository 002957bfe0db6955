import { readFile } from 'node:fs/promises';
import { expect, test } from './journey';
import { withStandIn } from './stand-in/install';
import { openView, startRun, status, withoutGuide } from './steps';

test('charts are smoothed, zoomed by dragging and back, and saved as pictures', async ({ page }) => {
  await withStandIn(page);
  await withoutGuide(page);
  await page.goto('./');
  await startRun(page);
  await expect(status(page)).toHaveText('finished', { timeout: 90_000 });

  const card = page.locator('.chart-card').filter({ has: page.getByRole('heading', { name: 'Loss', exact: true }) });
  await card.scrollIntoViewIfNeeded();
  const smoothing = page.getByRole('slider', { name: 'Smoothing' });
  await smoothing.fill('0.9');

  const box = await card.locator('.u-over').boundingBox();
  if (!box) throw new Error('no plot');
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + 60, { steps: 6 });
  await page.mouse.up();
  const whole = card.getByRole('button', { name: 'whole run' });
  await expect(whole).toBeVisible();
  // A drag takes hold of no step.
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath('zoomed.png') });

  const save = async (format: string): Promise<Buffer> => {
    await card.getByRole('button', { name: 'Save Loss as a picture' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: format }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`loss.${format.toLowerCase()}`);
    return readFile(await file.path());
  };
  const svg = (await save('SVG')).toString();
  expect(svg).toContain('<title>Loss</title>');
  expect(svg.match(/fill="none" stroke=/g)?.length).toBeGreaterThan(3);
  expect(svg).not.toMatch(/NaN|var\(/);
  // What was smoothed lies faintly behind, as on the page.
  expect(svg).toContain('stroke-opacity="0.3"');
  expect((await save('PNG')).subarray(1, 4).toString()).toBe('PNG');
  await whole.click();
  await expect(whole).toHaveCount(0);

  // Charts are found by their key, pinned, and stay so, as smoothing does.
  await page.getByRole('searchbox', { name: 'Search charts' }).fill('grad_norm');
  await expect(card).toHaveCount(0);
  await page.getByRole('button', { name: 'Pin Gradient norm' }).click();
  await page.reload();
  await openView(page, 'Runs');
  await page.getByRole('button', { name: /^Open / }).click();
  const pinned = page.getByRole('region', { name: 'Pinned' });
  await expect(pinned.getByRole('heading', { name: 'Gradient norm' })).toBeVisible();
  await expect(smoothing).toHaveValue('0.9');
  const csv = page.waitForEvent('download');
  await page.getByRole('button', { name: 'All metrics as CSV' }).click();
  const rows = (await readFile(await (await csv).path(), 'utf8')).split('\r\n');
  expect(rows).toHaveLength(481);
  expect(rows[0]).toMatch(/^step,stage,loss,.*grad_norm.*dev\/reasoning\/ndcg_cut_10/);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: test.info().outputPath('narrow.png') });
  const bar = await page.locator('.topbar').boundingBox();
  expect(bar?.height).toBeLessThan(60);
});
