/**
 * Runs of the page in Firefox, of which the whole browser is killed at random moments, or the tab is closed, and gone on with
 * in a new one with the same profile: each ends with the fingerprint of one that never was.
 *
 *   npm run build && node scripts/bench.mjs kills-firefox [KILLS] [SEED]    6 unless told; writes docs/results/kills-firefox.json
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { firefoxLaunch } from '../scripts/firefox.mjs';
import { serve } from '../scripts/serve.mjs';
import { parseSession } from '../src/config/parse-session';
import { EVERY_STAGE } from '../src/config/seconds.test-data';
import { Random } from '../src/lib/philox';
import { encodeLink } from '../src/session/link';
import { writeInterruptions } from './interruptions';

const KILLS = Number(process.argv[2] ?? 6);
const SEED = Number(process.argv[3] ?? 1);
const PATIENCE = 120_000;

const site = await serve({ folder: 'dist', port: 4440 });
const link = `${site.url}#${encodeLink({ session: parseSession(EVERY_STAGE) })}`;

const launch = (profile: string): Promise<Browser> =>
  puppeteer.launch({ ...firefoxLaunch(), userDataDir: profile, protocolTimeout: 200_000 });

/** Presses a button of this name in the main part as soon as there is one. */
async function press(page: Page, name: RegExp): Promise<void> {
  await page.waitForFunction(
    (source) => {
      const sought = new RegExp(source);
      const button = [...document.querySelectorAll('main button')].find(
        (found) => sought.test(found.textContent?.trim() ?? '') && !found.matches(':disabled'),
      );
      if (button instanceof HTMLButtonElement) button.click();
      return button !== undefined;
    },
    { timeout: PATIENCE, polling: 200 },
    name.source,
  );
}

const hasStatus = (page: Page, status: string, timeout = PATIENCE): Promise<boolean> =>
  page
    .waitForFunction(
      (sought) => document.querySelector('.topbar .status')?.textContent === sought,
      { timeout, polling: 100 },
      status,
    )
    .then(() => true, () => false); // prettier-ignore

/** To the end, pressing whatever goes on. @returns the fingerprint. */
async function toTheEnd(page: Page): Promise<string> {
  for (let tries = 0; !(await hasStatus(page, 'finished', 20_000)); tries++) {
    if (tries === 10) throw new Error('the run does not end');
    const isLive = await page.evaluate(() =>
      /running|preparing/.test(document.querySelector('.topbar .status')?.textContent ?? ''),
    );
    if (!isLive) await press(page, /^(Go on from step|Start it again)/);
  }
  return page.evaluate(() => document.querySelector('.result-head code')?.getAttribute('title') ?? '');
}

async function begin(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(link);
  await press(page, /^Run$/);
  if (!(await hasStatus(page, 'running'))) throw new Error('the run does not begin');
  return page;
}

const random = new Random(SEED, 'sample');
const tally = { 'browser, by SIGKILL': 0, tab: 0 };
let reference = '';
let ms = 0;
let kills = 0;
let runs = 0;
let differing = 0;
for (let round = 0; kills < KILLS; round++) {
  const profile = mkdtempSync(join(tmpdir(), 'kills-firefox-'));
  let browser = await launch(profile);
  let page = await begin(browser);
  const begun = performance.now();
  let how = 'left alone';
  if (round > 0) {
    await new Promise((resolve) => setTimeout(resolve, random.uniform() * ms));
    const isBrowser = kills % 2 === 0;
    const isOver = await hasStatus(page, 'finished', 50);
    if (isBrowser) {
      browser.process()?.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      browser = await launch(profile);
    } else await page.close();
    if (!isOver) {
      kills += 1;
      tally[isBrowser ? 'browser, by SIGKILL' : 'tab'] += 1;
    }
    how = `${isBrowser ? 'browser' : 'tab'} killed${isOver ? ' too late' : ''}`;
    page = await browser.newPage();
    await page.goto(isOver ? link : site.url);
    await press(page, isOver ? /^Run$/ : /^(Go on from step|Start it again)/);
    runs += 1;
  }
  const fingerprint = await toTheEnd(page);
  if (round === 0) {
    reference = fingerprint;
    ms = performance.now() - begun;
  } else if (fingerprint !== reference) differing += 1;
  process.stdout.write(`${how}: ${fingerprint.slice(0, 12)}\n`);
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
await site.close();
const result = {
  command: `node scripts/bench.mjs kills-firefox ${KILLS} ${SEED}`,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  browser: execFileSync(firefoxLaunch().executablePath ?? 'firefox', ['--version'], { encoding: 'utf8' }).trim(),
  session_seconds: ms / 1000,
  kills: tally,
  runs,
  differing,
};
mkdirSync('docs/results', { recursive: true });
if (KILLS >= 6) {
  writeFileSync('docs/results/kills-firefox.json', `${JSON.stringify(result, null, 2)}\n`);
  writeInterruptions();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(differing > 0 ? 1 : 0);
