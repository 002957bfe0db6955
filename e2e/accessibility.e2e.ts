import { findingsInBothThemes } from './axe';
import { expect, test } from './journey';
import { withStandIn } from './stand-in/install';
import { startRun, status } from './steps';

const WIDTHS = [1440, 1024, 390];

for (const width of WIDTHS) {
  test(`axe finds nothing at ${width} px, in either theme`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    await withStandIn(page);
    const found: Record<string, string[]> = {};
    const look = async (name: string): Promise<void> => {
      found[name] = await findingsInBothThemes(page);
    };

    await page.goto('./');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await look('ready');
    await page.keyboard.press('Control+k');
    await look('palette');
    await page.keyboard.press('Escape');
    const help = page.getByRole('button', { name: 'Help', exact: true });
    await help.click();
    await look('help');
    await page.keyboard.press('Escape');
    await expect(help).toBeFocused();
    await page.getByRole('button', { name: 'Share' }).click();
    await look('share');
    await page.keyboard.press('Escape');
    if (width < 768) {
      await page.getByRole('button', { name: 'Session' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await look('sheet');
      await page.keyboard.press('Escape');
    }
    await startRun(page);
    await expect(page.getByRole('region', { name: 'Guided first run' })).toContainText('2 of 5');
    await look('running, with the guide');
    await expect(status(page)).toHaveText('finished');
    await page.getByRole('button', { name: /^Close the guided first run/ }).click();
    await page.getByRole('main').focus();
    await page.keyboard.press('ArrowLeft');
    await look('finished, a step held');
    await page.keyboard.press('Escape');
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Traces' }).click();
    await page.locator('.token-button').nth(1).focus();
    await expect(page.locator('.nearest li').first()).toBeVisible();
    await look('traces, a token');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Through training' }).click();
    await expect(page.locator('.through .completion').first()).toBeVisible();
    await look('traces, through training');
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Search' }).click();
    await page.locator('.chip').first().click();
    await expect(page.locator('.hit').first()).toBeVisible();
    await look('search');
    await page.getByRole('button', { name: 'Device' }).click();
    await expect(page.getByText('stand-in')).toBeVisible();
    await look('device');
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({});
  });
}
