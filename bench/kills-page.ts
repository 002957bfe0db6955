/**
 * Runs of the page that are killed at random moments and gone on with, in Chromium: each ends with the fingerprint of one
 * that never was, and no checkpoint is ever unreadable. Killed are the tab, the renderer, the worker (by an error, and
 * without a word) and the GPU process.
 *
 *   npm run build && node scripts/bench.mjs kills-page [KILLS] [SEED]    12 unless told; writes docs/results/kills-page.json
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { parseSession } from '../src/config/parse-session';
import { INTERRUPTED } from '../src/config/seconds.test-data';
import { Random } from '../src/lib/philox';
import { encodeLink } from '../src/session/link';
import { writeInterruptions } from './interruptions';

const KILLS = Number(process.argv[2] ?? 12);
const SEED = Number(process.argv[3] ?? 1);
/** A run is killed up to so many times. */
const TIMES = 2;
const PATIENCE = 120_000;

const executablePath = requireChromium();
const profile = mkdtempSync(join(tmpdir(), 'kills-page-'));
const site = await serve({ folder: 'dist', port: 4430 });
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  // A GPU process that is killed again and again is otherwise not started anew.
  args: [...chromiumFlags, '--disable-gpu-process-crash-limit'],
});
const link = `${site.url}#${encodeLink({ session: parseSession(INTERRUPTED) })}`;

/** Ways to kill; each leaves a page that is open at the lab, dead or alive. */
const WAYS: Record<string, (page: Page) => Promise<Page>> = {
  tab: async (page) => {
    await page.close();
    return opened(context);
  },
  renderer: async (page) => {
    const session = await context.newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();
    return opened(context);
  },
  'worker, by an error': async (page) => {
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error('killed');
      });
    });
    return page;
  },
  'gpu process': async (page) => {
    // What chrome://gpucrash does, which a script may not open.
    const session = await context.newCDPSession(page);
    await session.send('Browser.crashGpuProcess').catch(() => undefined);
    return page;
  },
  'worker, without a word': (page) => {
    page
      .workers()[0]
      ?.evaluate(() => self.close())
      .catch(() => undefined);
    return Promise.resolve(page);
  },
};

async function opened(browser: BrowserContext): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(site.url);
  return page;
}

async function begin(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('.topbar .status', { hasText: 'running' }).waitFor({ timeout: PATIENCE });
  return page;
}

const finished = (page: Page) => page.locator('.topbar .status', { hasText: 'finished' });
/** That the run broke off: a line says so, or a button asks what to do; or that it had ended before. */
const brokeOff = (page: Page) => page.getByText(/The run was interrupted/).first();
const goOn = (page: Page) => page.getByRole('main').getByRole('button', { name: /^(Go on from step|Start it again)/ });

/** Until the run has ended, by a click wherever the page asks for one. @returns its fingerprint and the clicks. */
async function toTheEnd(page: Page): Promise<{ fingerprint: string; clicks: number }> {
  let clicks = 0;
  for (;;) {
    await finished(page).or(goOn(page)).first().waitFor({ timeout: PATIENCE });
    if (await finished(page).isVisible()) break;
    clicks += 1;
    // After a second crash the browser may refuse the GPU to a page that is not loaded anew.
    const reload = page.getByRole('button', { name: 'Reload the page' });
    if (await reload.isVisible()) {
      await reload.click();
      continue;
    }
    await goOn(page).first().click();
    await goOn(page).first().waitFor({ state: 'hidden', timeout: PATIENCE });
  }
  const fingerprint = (await page.locator('.result-head code').getAttribute('title', { timeout: PATIENCE })) ?? '';
  return { fingerprint, clicks };
}

/** Runs in the list that cannot be read. */
async function unreadable(page: Page): Promise<number> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Runs', exact: true }).click();
  const rows = page.locator('.run-row');
  await rows.first().waitFor();
  return rows.filter({ hasText: 'cannot be read' }).count();
}

const blank = context.pages()[0];
const first = await begin();
await blank?.close();
const begun = performance.now();
const { fingerprint: reference } = await toTheEnd(first);
const ms = performance.now() - begun;
await first.close();
process.stdout.write(`reference: ${reference.slice(0, 12)} in ${(ms / 1000).toFixed(1)} s\n`);

const random = new Random(SEED, 'sample');
const names = Object.keys(WAYS);
const tally = Object.fromEntries(names.map((name) => [name, 0]));
let kills = 0;
let runs = 0;
let differing = 0;
let unread = 0;
while (kills < KILLS) {
  let page = await begin();
  runs += 1;
  const how: string[] = [];
  for (let times = 0; times < TIMES && kills < KILLS; times++) {
    const wait = random.uniform() * ms;
    const hasEnded = await finished(page).waitFor({ timeout: Math.max(1, wait) }).then(() => true, () => false); // prettier-ignore
    if (hasEnded) break;
    const name = names[kills % names.length] ?? '';
    page = await (WAYS[name]?.(page) ?? page);
    await brokeOff(page).or(goOn(page)).or(finished(page)).first().waitFor({ timeout: PATIENCE });
    const isFelt = !(await finished(page).isVisible());
    how.push(`${name} after ${(wait / 1000).toFixed(1)} s${isFelt ? '' : ', too late'}`);
    if (!isFelt) break;
    kills += 1;
    tally[name] = (tally[name] ?? 0) + 1;
    if (times + 1 === TIMES || kills === KILLS) break;
    // The second kill comes at any moment of the run that goes on.
    if (await goOn(page).first().isVisible()) await goOn(page).first().click();
  }
  const { fingerprint, clicks } = await toTheEnd(page);
  const same = fingerprint === reference;
  if (!same) differing += 1;
  unread += await unreadable(page);
  await page.close();
  process.stdout.write(
    `run ${runs}: ${how.join(', ')}; ${clicks} clicks; ${same ? 'the reference fingerprint' : 'ANOTHER fingerprint'}\n`,
  );
}
const version = context.browser()?.version() ?? '';
await context.close();
await site.close();
rmSync(profile, { recursive: true, force: true });

const result = {
  command: `node scripts/bench.mjs kills-page ${KILLS} ${SEED}`,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  browser: `Chromium ${version} on SwiftShader`,
  session_seconds: ms / 1000,
  kills: tally,
  runs,
  differing,
  unreadable: unread,
};
mkdirSync('docs/results', { recursive: true });
if (KILLS >= 10) {
  writeFileSync('docs/results/kills-page.json', `${JSON.stringify(result, null, 2)}\n`);
  writeInterruptions();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = differing + unread > 0 ? 1 : 0;
