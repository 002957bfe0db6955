import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright';
import { chromiumFlags, requireChromium } from '../../scripts/chromium.mjs';
import { removeProfile } from './remove-profile';

/** A Chromium as a user at a desk has it: a tab that is not in front is hidden, and its timers are held back. */
export interface PlainChromium {
  browser: Browser;
  context: BrowserContext;
  pid: number;
  close(): Promise<void>;
}

/**
 * Starts such a Chromium by itself: one that Playwright or Puppeteer start treats every page as if it were in front.
 */
export async function plainChromium(name: string): Promise<PlainChromium> {
  const profile = mkdtempSync(join(tmpdir(), `${name}-`));
  const child = spawn(
    requireChromium(),
    [...chromiumFlags, '--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const endpoint = await new Promise<string>((resolve) => {
    child.stderr.on('data', (bytes: Buffer) => {
      const found = /DevTools listening on (ws:\S+)/.exec(String(bytes))?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
  return {
    browser,
    context: browser.contexts()[0]!,
    pid: child.pid ?? -1,
    close: async () => {
      await browser.close();
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
      await removeProfile(profile);
    },
  };
}
