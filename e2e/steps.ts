import type { Locator, Page } from 'playwright/test';

/** Steps and elements that many journeys share. */

export const status = (page: Page) => page.locator('.topbar .status');

export const runButton = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Run', exact: true });

export const startRun = (page: Page): Promise<void> => runButton(page).click();

export const fragment = (page: Page): string => new URL(page.url()).hash;

export const viewButton = (page: Page, view: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view, exact: true });

export const openView = (page: Page, view: string): Promise<void> => viewButton(page, view).click();

/** A visitor who has closed the guided first run; before the page is opened. */
export const withoutGuide = (page: Page) =>
  page.addInitScript(() => {
    // A blank page between two visits has no storage.
    if (location.protocol !== 'http:') return;
    // A later visit keeps what was set in the first.
    if (localStorage.getItem('search-r3-lab') !== null) return;
    localStorage.setItem('search-r3-lab', '{"guideOpen":false}');
  });

/** Lets files fall on a part of the page, as a person drops them. */
export async function drop(page: Page, on: Locator, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const texts = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const);
  const dataTransfer = await page.evaluateHandle((all) => {
    const made = new DataTransfer();
    for (const [name, text] of all) {
      made.items.add(new File([Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0))], name));
    }
    return made;
  }, texts);
  await on.dispatchEvent('drop', { dataTransfer });
}
