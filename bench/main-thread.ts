/**
 * Measures how long the page's main thread is busy while kin-quick trains in the worker, from a trace of Chromium:
 * tasks by the clock and by the processor time they took themselves. On a CPU adapter the two differ, because training
 * takes the cores.
 *
 *   npm run build && node scripts/bench.mjs main-thread    writes docs/results/main-thread.json
 */
import { chromium } from 'playwright';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { onMainThreads, traced } from '../e2e/measure/main-thread';
import { commitNow, today, writeRecord } from './record';
import { isSmall } from './small';

const SECONDS = isSmall ? 5 : 60;
/** Stage 1 has begun by then: the charts are at their busiest. */
const BEGINS_AFTER_MS = isSmall ? 1000 : 20_000;
/** A longer task keeps the page from responding. */
const LONG_MICROSECONDS = 50_000;

const site = await serve({ folder: 'dist', port: 4300 });
const executablePath = requireChromium();
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(site.url);
await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
await page.waitForTimeout(BEGINS_AFTER_MS);
const events = await traced(page, 'toplevel,__metadata', () => page.waitForTimeout(SECONDS * 1000));
const sentence = await page.locator('.headline-text').first().textContent();
await browser.close();
await site.close();

const tasks = onMainThreads(events).filter(({ name, dur }) => name.endsWith('RunTask') && dur);
const summary = (durations: number[]) => ({
  longest_ms: Math.max(0, ...durations) / 1000,
  over_50_ms: durations.filter((duration) => duration > LONG_MICROSECONDS).length,
});
const result = {
  command: 'node scripts/bench.mjs main-thread',
  commit: commitNow(),
  date: today(),
  adapter: "Chromium's SwiftShader",
  seconds: SECONDS,
  run: sentence,
  tasks: tasks.length,
  processor_time: summary(tasks.map(({ tdur }) => tdur ?? 0)),
  clock: summary(tasks.map(({ dur }) => dur ?? 0)),
};
writeRecord('main-thread', result);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
