import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { firefoxLaunch } from '../scripts/firefox.mjs';

/** Helpers for journeys in Firefox. Elements are found by their role and name, as a person would. */

const PATIENCE_MS = 30_000;

export const launchFirefox = (): Promise<Browser> => puppeteer.launch({ ...firefoxLaunch(), protocolTimeout: 200_000 });

/** Opens a page without anything kept. @param complaints receives what fails in it and what its policy refuses. */
export async function visitor(
  browser: Browser,
): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error instanceof Error ? error.message : String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.evaluateOnNewDocument(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      console.error(`refused by the policy: ${effectiveDirective} ${blockedURI}`);
    });
  });
  await page.setViewport({ width: 1440, height: 900 });
  return { context, page, complaints };
}

const byRole = (role: string, name: string): string => `::-p-aria([name="${name}"][role="${role}"])`;

/**
 * Clicks an element itself and not its place, so that a button that moves while the page is drawn again is still
 * clicked. It is found and clicked in one call: one that was found before may be replaced by the time of the click.
 */
export async function press(page: Page, name: string, within = ''): Promise<void> {
  const selector = `${within} ${byRole('button', name)}`.trim();
  await page.waitForSelector(selector, { timeout: PATIENCE_MS });
  const isPressed = async (): Promise<boolean> => {
    const button = await page.$(selector);
    if (button === null) return false;
    return button.evaluate((element) => {
      if (!element.isConnected || element.matches(':disabled')) return false;
      (element as HTMLButtonElement).click();
      return true;
    });
  };
  await expect.poll(isPressed, { timeout: PATIENCE_MS, message: `press ${name}` }).toBe(true);
}

/** One of the page's views, by the word on its button. */
export const openView = (page: Page, name: string): Promise<void> => press(page, name, 'nav[aria-label=Views]');

/** The text of the first element, empty where there is none. */
export const textOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate((sought) => document.querySelector(sought)?.textContent ?? '', selector);

export const attributeOf = (page: Page, selector: string, name: string): Promise<string | null> =>
  page.evaluate((sought, attribute) => document.querySelector(sought)?.getAttribute(attribute) ?? null, selector, name);

export const countOf = (page: Page, selector: string): Promise<number> =>
  page.evaluate((sought) => document.querySelectorAll(sought).length, selector);

/** Waits until the first element's text is, or matches, what is expected. */
export const shows = (page: Page, selector: string, text: string | RegExp, timeout = PATIENCE_MS): Promise<void> =>
  expect.poll(() => textOf(page, selector), { timeout, interval: 200 }).toMatch(text);

export const shown = (page: Page, selector: string, timeout = PATIENCE_MS): Promise<void> =>
  expect.poll(() => countOf(page, selector), { timeout, interval: 200 }).toBeGreaterThan(0);

const STATUS = '.topbar .status';

/** Waits until the run's status is exactly this word. */
export const hasStatus = (page: Page, status: string, timeout = PATIENCE_MS): Promise<void> =>
  shows(page, STATUS, new RegExp(`^${status}$`), timeout);

export const stepOf = async (page: Page): Promise<number> =>
  Number(await attributeOf(page, '[role=slider][aria-label=Step]', 'aria-valuenow'));
