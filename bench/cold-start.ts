/**
 * How long the first step of kin-quick takes in a page that never ran anything, from the press of Run: pressed as soon as the
 * button is there, and after the page was read for a while, in which kernels compile. Turn by turn, each in a new browser.
 *
 *   npm run build && node scripts/bench.mjs cold-start [ROUNDS]    writes its part of docs/performance.md
 */
import { mkdtempSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../scripts/serve.mjs';
import { launch, openedPage, pause, pressIfThere, stepOf, titleOf, until } from './driven/lab-page';
import { removeProfile } from './driven/remove-profile';
import { intoDocument } from './into-document';
import { median } from './long-runs';
import { git } from './record';
import { isSmall } from './small';

const ROUNDS = Number(process.argv[2] ?? 3);
const READING_MS = isSmall ? 2000 : 30_000;

/** Milliseconds from the press of Run to the first step that the page shows. */
async function firstStep(url: string, readingMs: number): Promise<number> {
  const profile = mkdtempSync(join(tmpdir(), 'cold-start-'));
  const browser = await launch('chromium', profile);
  try {
    const page = await openedPage(browser, url);
    await page.waitForSelector('main button');
    await pause(readingMs);
    if (!(await until(() => pressIfThere(page, /^Run$/)))) throw new Error('the page shows no button to run');
    const pressed = performance.now();
    if (!(await until(async () => (await stepOf(page)) > 0))) throw new Error('no step came');
    return performance.now() - pressed;
  } finally {
    await browser.close();
    await removeProfile(profile);
  }
}

const site = await serve({ folder: 'dist', port: 4310 });
const atOnce: number[] = [];
const read: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  atOnce.push(await firstStep(site.url, 0));
  read.push(await firstStep(site.url, READING_MS));
  process.stderr.write(`${Math.round(atOnce.at(-1)!)} ms at once, ${Math.round(read.at(-1)!)} ms after reading\n`);
}
await site.close();
const commit = git('rev-parse', '--short=12', 'HEAD');
const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
const ratio = median(read.map((value, i) => value / atOnce[i]!));
await intoDocument('docs/performance.md', 'cold-start', [
  `\`node scripts/bench.mjs cold-start\` at ${commit}, ${titleOf('chromium')}, 2 cores, load ${loadavg()[0]!.toFixed(1)}; medians of ${ROUNDS} rounds, each in a new browser.`,
  '',
  '| Run is pressed | from the press to the first step, seconds | beside at once |',
  '| --- | --- | --- |',
  `| as soon as it is there | ${seconds(atOnce)} | |`,
  `| after ${READING_MS / 1000} seconds of reading | ${seconds(read)} | ${ratio.toFixed(2)} |`,
]);
