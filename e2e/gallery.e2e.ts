import { findings } from './axe';
import { expect, test } from './journey';
import { withStandIn } from './stand-in/install';
import { withoutGuide } from './steps';

test.beforeEach(async ({ page }) => {
  await withoutGuide(page);
  await withStandIn(page);
});

test('the gallery is found on the front page, says of each result what it rests on, and opens it as a link', async ({
  page,
}) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Gallery', exact: true }).click();
  const gallery = page.getByRole('dialog', { name: 'Gallery' });
  const cards = gallery.getByRole('article');
  await expect(cards.first()).toContainText('Success@1');
  await expect(cards.filter({ hasText: 'SHA-256' }).first()).toContainText('from');
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    expect(await findings(page)).toEqual([]);
    const tooWide = await gallery.evaluate((dialog) => dialog.scrollWidth > dialog.clientWidth);
    expect(tooWide, `scrolls sideways at ${width}`).toBe(false);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press('Escape');
  await expect(gallery).toBeHidden();
  await expect(page.getByRole('button', { name: 'Gallery', exact: true })).toBeFocused();

  await page.keyboard.press('Enter');
  await cards
    .filter({ hasText: 'kin-quick' })
    .or(cards.filter({ hasText: 'Kin, quick' }))
    .first()
    .getByRole('link')
    .click();
  await expect(gallery).toBeHidden();
  // What the link holds is shown first; nothing runs.
  await expect(page.getByRole('main')).toContainText('ac00a683edde');
});
