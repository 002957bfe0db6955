/**
 * How long the page's main thread is kept while kin-quick trains in the worker, from a trace of Chromium: tasks by the clock and
 * by the processor time they took themselves. On a CPU adapter the two differ, because training takes the cores.
 *
 *   npm run build && node scripts/bench.mjs main-thread    writes docs/results/main-thread.json
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import * as v from 'valibot';
import { chromiumFlags, findChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';

const SECONDS = 60;
/** Longer keeps the page from answering. */
const LONG_MICROSECONDS = 50_000;

const eventSchema = v.object({
  name: v.string(),
  pid: v.number(),
  tid: v.number(),
  dur: v.optional(v.number()),
  tdur: v.optional(v.number()),
  args: v.optional(v.object({ name: v.optional(v.unknown()) })),
});
type TraceEvent = v.InferOutput<typeof eventSchema>;

const site = await serve({ folder: 'dist', port: 4300 });
const executablePath = findChromium();
if (executablePath === null) throw new Error('no Chromium, expected one as for the journeys');
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(site.url);
const session = await page.context().newCDPSession(page);
const events: TraceEvent[] = [];
session.on('Tracing.dataCollected', ({ value }) => {
  for (const event of value) {
    const parsed = v.safeParse(eventSchema, event);
    if (parsed.success) events.push(parsed.output);
  }
});
await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
// Stage 1 has begun by then: the charts are at their busiest.
await page.waitForTimeout(20_000);
await session.send('Tracing.start', { categories: 'toplevel,__metadata', transferMode: 'ReportEvents' });
await page.waitForTimeout(SECONDS * 1000);
const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
await session.send('Tracing.end');
await complete;
const sentence = await page.locator('.headline-text').first().textContent();
await browser.close();
await site.close();

const thread = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;
const mains = new Set(
  events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(thread),
);
const tasks = events.filter((event) => mains.has(thread(event)) && event.name.endsWith('RunTask') && event.dur);
const summary = (durations: number[]) => ({
  longest_ms: Math.max(0, ...durations) / 1000,
  over_50_ms: durations.filter((duration) => duration > LONG_MICROSECONDS).length,
});
const result = {
  command: 'node scripts/bench.mjs main-thread',
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  date: new Date().toISOString().slice(0, 10),
  adapter: "Chromium's SwiftShader",
  seconds: SECONDS,
  run: sentence,
  tasks: tasks.length,
  processor_time: summary(tasks.map(({ tdur }) => tdur ?? 0)),
  clock: summary(tasks.map(({ dur }) => dur ?? 0)),
};
mkdirSync('docs/results', { recursive: true });
writeFileSync('docs/results/main-thread.json', `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
