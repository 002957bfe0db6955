import type { CDPSession, Page } from 'playwright/test';
import * as v from 'valibot';

// Measures the work of a page's main thread from a trace of Chromium.

/** Traces what the page's main thread does during some work, by Chromium's own trace. */

const eventSchema = v.object({
  name: v.string(),
  ph: v.string(),
  pid: v.number(),
  tid: v.number(),
  ts: v.number(),
  dur: v.optional(v.number()),
  tdur: v.optional(v.number()),
  args: v.optional(v.object({ name: v.optional(v.unknown()) })),
});
type TraceEvent = v.InferOutput<typeof eventSchema>;

/** Where our script enters: everything else on the thread is the browser's own. */
const SCRIPT = ['FunctionCall', 'EvaluateScript', 'BlinkScheduler_PerformMicrotaskCheckpoint', 'RunMicrotasks'];
const CATEGORIES = 'toplevel,devtools.timeline,disabled-by-default-devtools.timeline,v8,__metadata';
/** Once a frame. */
const FRAME = 'Commit';
const FRAME_MICROSECONDS = 1e6 / 60;
const IDLE_MS = 0.1;

export interface MainThread {
  seconds: number;
  frames: number;
  /** Milliseconds of processor time of our script in each sixtieth of a second in which there was any, ascending. */
  script: number[];
  /** Tasks in which our script took over 50 ms of processor time, and by the clock with everything else in them. */
  long_tasks: { script: number; clock: number };
  longest_task_ms: { script: number; clock: number };
}

const LONG_MS = 50;

/** @returns what `during` cost the main thread of the page */
export async function traceMainThread(page: Page, during: () => Promise<void>): Promise<MainThread> {
  let seconds = 0;
  const events = await traced(page, CATEGORIES, async () => {
    const start = performance.now();
    await during();
    seconds = (performance.now() - start) / 1000;
  });
  return summarise(events, seconds);
}

/** What Chromium noted of all its threads while `during` went on. @param categories with `__metadata` the threads have names */
export async function traced(page: Page, categories: string, during: () => Promise<void>): Promise<TraceEvent[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) {
      const parsed = v.safeParse(eventSchema, event);
      if (parsed.success) events.push(parsed.output);
    }
  });
  await session.send('Tracing.start', {
    categories,
    transferMode: 'ReportEvents',
  });
  await during();
  await ended(session);
  await session.detach();
  return events;
}

async function ended(session: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
}

const thread = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;

/** What of it happened on the main threads of renderers. */
export function onMainThreads(events: readonly TraceEvent[]): TraceEvent[] {
  const renderers = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(thread),
  );
  return events.filter((event) => renderers.has(thread(event)));
}

function summarise(events: readonly TraceEvent[], seconds: number): MainThread {
  const onMain = onMainThreads(events);
  // Of several renderers the page's is the one that ran the most script.
  const scripts = onMain.filter(({ name }) => SCRIPT.includes(name));
  const counts = new Map<string, number>();
  for (const event of scripts) counts.set(thread(event), (counts.get(thread(event)) ?? 0) + 1);
  const main = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  const own = onMain.filter((event) => thread(event) === main).sort((a, b) => a.ts - b.ts);
  const calls = outermost(own.filter(({ name }) => SCRIPT.includes(name)));
  const frames = own.filter(({ name }) => name === FRAME);
  const tasks = own.filter(({ name, dur }) => name.endsWith('RunTask') && dur !== undefined);
  const inTasks = tasks.map(({ ts, dur = 0 }) => ({
    clock: dur / 1000,
    script: spent(calls, ts, ts + dur),
  }));
  return {
    seconds,
    frames: frames.length,
    script: perFrame(calls),
    long_tasks: {
      script: inTasks.filter(({ script }) => script > LONG_MS).length,
      clock: inTasks.filter(({ clock, script }) => clock > LONG_MS && script > LONG_MS / 2).length,
    },
    longest_task_ms: {
      script: Math.max(0, ...inTasks.map(({ script }) => script)),
      clock: Math.max(0, ...inTasks.map(({ clock }) => clock)),
    },
  };
}

/** By the sixtieth of a second that a call begins in: a machine that draws few frames has no longer ones for it. */
function perFrame(calls: readonly TraceEvent[]): number[] {
  const sums = new Map<number, number>();
  for (const { ts, tdur = 0 } of calls) {
    const frame = Math.floor(ts / FRAME_MICROSECONDS);
    sums.set(frame, (sums.get(frame) ?? 0) + tdur / 1000);
  }
  // The browser looks for work of ours where there is none: that is not a frame of ours.
  return [...sums.values()].filter((sum) => sum > IDLE_MS).sort((a, b) => a - b);
}

/** Without those that lie in another. */
function outermost(events: readonly TraceEvent[]): TraceEvent[] {
  let end = -Infinity;
  return events.filter(({ ts, dur = 0 }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}

/** Milliseconds of processor time of the calls that begin in a span. */
function spent(calls: readonly TraceEvent[], from: number, to: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calls[middle]!.ts < from) low = middle + 1;
    else high = middle;
  }
  let sum = 0;
  for (let at = low; at < calls.length && calls[at]!.ts < to; at++) sum += calls[at]!.tdur ?? 0;
  return sum / 1000;
}

/** @param values ascending, @param share 0 … 1 */
export const quantile = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
