import { execFileSync } from 'node:child_process';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromiumFlags, requireChromium } from '../../scripts/chromium.mjs';
import { firefoxLaunch } from '../../scripts/firefox.mjs';
import { FIREFOX_ITSELF } from './firefox-garbage';

/** The lab's page in either engine, as scripts of `bench` drive it: one way for both. */
export type Engine = 'chromium' | 'firefox';

const PATIENCE = 300_000;

/** @throws for another word */
export function engineOf(word: string | undefined): Engine {
  if (word === 'chromium' || word === 'firefox') return word;
  throw new Error(`${word ?? 'nothing'}, expected chromium or firefox`);
}

/** @param profile the folder that keeps what the browser keeps */
export const launch = (engine: Engine, profile: string): Promise<Browser> =>
  puppeteer.launch({
    ...(engine === 'firefox'
      ? { ...firefoxLaunch(), args: [FIREFOX_ITSELF] }
      : {
          executablePath: requireChromium(),
          headless: true,
          // A GPU process that is killed again and again is otherwise not started again.
          args: [...chromiumFlags, '--disable-gpu-process-crash-limit'],
        }),
    userDataDir: profile,
    protocolTimeout: PATIENCE,
  });

/** Name, version and the adapter that computes on the processor. */
export const titleOf = (engine: Engine): string => {
  const path = engine === 'firefox' ? (firefoxLaunch().executablePath ?? 'firefox') : requireChromium();
  const version = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().replace(/ (built|running) on .*/, ''); // prettier-ignore
  return `${version} on ${engine === 'firefox' ? 'lavapipe' : 'SwiftShader'}`;
};

/** A page at an address, which notes each word of the run's status that it shows. */
export async function openedPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    addEventListener('DOMContentLoaded', () => {
      const note = (): void => {
        const status = document.querySelector('.topbar .status')?.textContent ?? '';
        const { statuses = '' } = document.documentElement.dataset;
        if (status !== '' && !statuses.endsWith(`${status},`)) {
          document.documentElement.dataset.statuses = `${statuses}${status},`;
        }
      };
      new MutationObserver(note).observe(document.documentElement, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
  });
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(url, { timeout: PATIENCE });
  return page;
}

/** Every status that was shown since the page was loaded, in order. */
export const statusesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (document.documentElement.dataset.statuses ?? '').split(',').slice(0, -1));

/** The step that the page shows, 0 before the first. */
export const stepOf = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Number(document.querySelector('[role=slider][aria-label=Step]')?.getAttribute('aria-valuenow') ?? 0),
  );

/** Presses the first button of such a name in the main part, where there is one. @returns whether there was. */
export const pressIfThere = (page: Page, name: RegExp): Promise<boolean> =>
  page.evaluate((source) => {
    const sought = new RegExp(source);
    const button = [...document.querySelectorAll<HTMLButtonElement>('main button')].find(
      (found) => sought.test(found.textContent.trim()) && !found.matches(':disabled'),
    );
    button?.click();
    return button !== undefined;
  }, name.source);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until it is so. @returns false where `patience` milliseconds were not enough. */
export async function until(isSo: () => Promise<boolean>, patience = PATIENCE): Promise<boolean> {
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end) return false;
    await pause(100);
  }
  return true;
}

export const isAt = async (page: Page, status: string): Promise<boolean> => (await statusesOf(page)).at(-1) === status;

/** Opens a link and presses Run. @returns the page once the run goes. */
export async function begin(browser: Browser, link: string): Promise<Page> {
  const page = await openedPage(browser, link);
  if (!(await until(() => pressIfThere(page, /^Run$/)))) throw new Error('the page shows no button to run');
  if (!(await until(async () => (await statusesOf(page)).includes('running'))))
    throw new Error('the run does not begin');
  return page;
}
