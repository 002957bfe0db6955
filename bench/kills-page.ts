/**
 * Runs of the page through all stages that are interrupted at random steps and gone on with, in Chromium or in Firefox: each
 * ends with the fingerprint of one that never was, and no checkpoint is ever unreadable. Killed are the browser, the tab, the
 * process that shows it, the worker (by an error, and without a word) and Chromium's GPU process; and the device is lost.
 *
 *   npm run build && node scripts/bench.mjs kills-page chromium|firefox [KILLS] [LOSSES] [SEED]    50 and 30 unless told
 *
 * Writes docs/results/kills-chromium.json or kills-firefox.json after each run. What was counted there of the same browser and
 * was broken off is gone on with, by other draws.
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import * as v from 'valibot';
import { parseSession } from '../src/config/parse-session';
import { EVERY_STAGE } from '../src/config/seconds.test-data';
import { placeOf, planStages, totalSteps } from '../src/config/stages';
import { Random } from '../src/lib/philox';
import { encodeLink } from '../src/session/link';
import { give, hookedSite } from './driven/hooked-site';
import { begin, engineOf, isAt, launch, openedPage, pause, pressIfThere, statusesOf, stepOf, titleOf, until } from './driven/lab-page'; // prettier-ignore
import { removeProfile } from './driven/remove-profile';
import { processTree } from './driven/processes';
import { writeInterruptions } from './interruptions';
import { commitNow, writeRecord } from './record';

const engine = engineOf(process.argv[2]);
const KILLS = Number(process.argv[3] ?? 50);
const LOSSES = Number(process.argv[4] ?? 30);
const SEED = Number(process.argv[5] ?? 1);
/** The most interruptions of a run: at random steps, and a moment after the page shows them. */
const TIMES = 4;
const MOMENT_MS = 500;
/** Milliseconds after which a run counts as hanging; on a busy machine a run may stand still for minutes. */
const HANGS_AFTER_MS = 900_000;
const RESULTS = `docs/results/kills-${engine}.json`;
const here = commitNow();

const session = parseSession(EVERY_STAGE);
const site = await hookedSite(engine === 'firefox' ? 4441 : 4430);
const link = `${site.url}#${encodeLink({ session })}`;
const profile = mkdtempSync(join(tmpdir(), 'kills-page-'));
let browser: Browser = await launch(engine, profile);
let page: Page;

/** Waits for a call to close, but not for one that no longer answers. */
const left = (closing: Promise<unknown>): Promise<unknown> => Promise.race([closing.catch(() => null), pause(5000)]);
const tree = () => processTree(browser.process()?.pid ?? -1);
async function reopened(): Promise<void> {
  page = await openedPage(browser, site.url);
}
async function pageDies(): Promise<void> {
  await left(page.close());
  await reopened();
}

const KILL: Record<string, () => Promise<void>> = {
  'browser, by SIGKILL': async () => {
    for (const { pid } of tree().reverse()) process.kill(pid, 'SIGKILL');
    await pause(1000);
    browser = await launch(engine, profile);
    await reopened();
  },
  tab: pageDies,
  ...(engine === 'chromium'
    ? {
        renderer: async () => {
          const protocol = await page.createCDPSession();
          await left(protocol.send('Page.crash'));
          await pageDies();
        },
        'gpu process': async () => {
          // What chrome://gpucrash does, which a script may not open.
          const protocol = await browser.target().createCDPSession();
          await left(protocol.send('Browser.crashGpuProcess'));
        },
      }
    : {
        "tab's process": async () => {
          for (const { pid, command } of tree()) if (/contentproc.* tab$/.test(command)) process.kill(pid, 'SIGKILL');
          await pageDies();
        },
      }),
  'worker, by an error': () => give(page, 'throw'),
  'worker, without a word': () => give(page, 'close'),
};
const names = Object.keys(KILL);
const DEVICE = 'device';

const isFinished = (): Promise<boolean> => isAt(page, 'finished');

/** A description of what the page shows and who holds which lock, for finding a hang. */
const seen = (): Promise<string> =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = (of: LockInfo[]): string => of.map(({ name }) => name).join(', ');
    return `${document.body.innerText.slice(0, 2000)}\nheld ${names(held)}; waited for ${names(pending)}`;
  });

/** Presses whatever button continues the run, until `isSo` holds. */
async function continueUntil(isSo: () => Promise<boolean>): Promise<void> {
  const isThere = await until(async () => {
    if (await isSo()) return true;
    // After a second crash the browser may refuse the GPU to a page that is not reloaded.
    if (!(await pressIfThere(page, /^Reload the page$/))) await pressIfThere(page, /^(Go on from step|Start it again)/);
    return false;
  }, HANGS_AFTER_MS);
  if (!isThere) throw new Error(`the page stays at ${(await statusesOf(page)).join(', ')}: ${await seen()}`);
}

async function fingerprint(): Promise<string> {
  await continueUntil(isFinished);
  return page.evaluate(() => document.querySelector('.result-head code')?.getAttribute('title') ?? '');
}

/** Runs in the list that cannot be read. */
async function unreadable(): Promise<number> {
  const isShown = await until(() =>
    page.evaluate(() => {
      const views = [...document.querySelectorAll<HTMLButtonElement>('nav[aria-label=Views] button')];
      views.find((button) => button.textContent.trim() === 'Runs')?.click();
      return document.querySelector('.run-row') !== null;
    }),
  );
  if (!isShown) throw new Error('the page lists no runs');
  return page.evaluate(
    () => [...document.querySelectorAll('.run-row')].filter((row) => /cannot be read/.test(row.textContent)).length,
  );
}

/** Interrupts the run. @returns whether it was interrupted before its end. */
async function interrupt(name: string): Promise<boolean> {
  const before = (await statusesOf(page)).length;
  const shown = page;
  if (name === DEVICE) await give(page, 'lose the device');
  else await KILL[name]?.();
  if (page !== shown) return true;
  const since = async (): Promise<string[]> => (await statusesOf(page)).slice(before);
  // It may have ended in the moment before it was interrupted.
  const isOver = async (): Promise<boolean> => (await since()).length > 0 || (await isFinished());
  if (!(await until(isOver))) throw new Error(`${name}: the page does not feel it`);
  return !['finished', undefined].includes((await since())[0]);
}

page = await begin(browser, link);
const begun = performance.now();
const reference = await fingerprint();
const ms = performance.now() - begun;
await page.close();
process.stdout.write(`reference: ${reference.slice(0, 12)} in ${(ms / 1000).toFixed(1)} s\n`);

/** Writes the results so far, after each run, so that a script that is ended early has counted what it did. */
function write(): void {
  const result = {
    command: `node scripts/bench.mjs kills-page ${engine} ${kills} ${losses} ${SEED}`,
    commit: [...commits].join(' and '),
    browser: titleOf(engine),
    session_seconds: ms / 1000,
    kills: tally,
    losses,
    by_stage: byStage,
    runs,
    differing,
    unreadable: unread,
  };
  writeRecord(`kills-${engine}`, result);
  writeInterruptions();
}

const countedSchema = v.object({
  browser: v.string(),
  commit: v.string(),
  kills: v.record(v.string(), v.number()),
  losses: v.number(),
  by_stage: v.record(v.string(), v.number()),
  runs: v.number(),
  differing: v.number(),
  unreadable: v.number(),
});

/** The counts of an earlier call that was not finished; null where it was, or was of another browser. */
function brokenOff(): v.InferOutput<typeof countedSchema> | null {
  if (!existsSync(RESULTS)) return null;
  const counted = v.safeParse(countedSchema, JSON.parse(readFileSync(RESULTS, 'utf8')));
  if (!counted.success || counted.output.browser !== titleOf(engine)) return null;
  return sum(counted.output.kills) < KILLS || counted.output.losses < LOSSES ? counted.output : null;
}
const sum = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((a, b) => a + b, 0);

const before = brokenOff();
const commits = new Set([...(before?.commit.split(' and ') ?? []), here]);
const random = new Random(SEED + (before?.runs ?? 0), 'sample');
const drawnSteps = (): number[] =>
  Array.from({ length: Math.min(TIMES, KILLS - kills + LOSSES - losses) }, () =>
    Math.floor(random.uniform() * totalSteps(session)),
  ).sort((a, b) => a - b);
const tally = Object.fromEntries(names.map((name) => [name, before?.kills[name] ?? 0]));
const byStage: Record<string, number> = { ...before?.by_stage };
let kills = sum(tally);
let losses = before?.losses ?? 0;
let runs = before?.runs ?? 0;
let since = performance.now();
let differing = before?.differing ?? 0;
let unread = before?.unreadable ?? 0;
while (kills + losses < KILLS + LOSSES) {
  page = await begin(browser, link);
  runs += 1;
  const how: string[] = [];
  for (const step of drawnSteps()) {
    await until(async () => (await isFinished()) || (await stepOf(page)) >= step);
    await pause(random.uniform() * MOMENT_MS);
    if (await isFinished()) break;
    const isLoss = random.uniform() * (KILLS - kills + LOSSES - losses) < LOSSES - losses;
    const name = isLoss ? DEVICE : (names[kills % names.length] ?? '');
    const stage = placeOf(planStages(session), (await stepOf(page)) + 1)?.plan.stage ?? 'evaluation';
    const isFelt = await interrupt(name);
    how.push(`${name} in ${stage}${isFelt ? '' : ', too late'}`);
    if (!isFelt) break;
    if (isLoss) losses += 1;
    else {
      kills += 1;
      tally[name] = (tally[name] ?? 0) + 1;
    }
    byStage[stage] = (byStage[stage] ?? 0) + 1;
    // The next interruption comes at any moment of the continued run.
    await continueUntil(async () => /^(running|finished)$/.test((await statusesOf(page)).at(-1) ?? ''));
  }
  const same = (await fingerprint()) === reference;
  if (!same) differing += 1;
  unread += await unreadable();
  await page.close();
  process.stdout.write(
    `run ${runs}, ${kills + losses} of ${KILLS + LOSSES}, ${((performance.now() - since) / 1000).toFixed(0)} s: ${how.join('; ')}; ${same ? 'the reference fingerprint' : 'ANOTHER fingerprint'}\n`,
  );
  since = performance.now();
  write();
}
await browser.close();
await site.close();
await removeProfile(profile);

process.exit(differing + unread > 0 ? 1 : 0);
