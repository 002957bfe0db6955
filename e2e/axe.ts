import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';

/** The violations that axe finds on the page now: rule and element, one string each. */
export async function findings(page: Page): Promise<string[]> {
  // The mode without a blank page for the frames of other origins, of which there are none here; it takes half the time.
  // Without the list of passed checks, a megabyte each time, it takes half of that again.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

const THEMES = ['light', 'dark'] as const;

/** The same in both themes, each with its name in front. */
export async function findingsInBothThemes(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...(await findings(page)).map((finding) => `${colorScheme}: ${finding}`));
  }
  return found;
}
