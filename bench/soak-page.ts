/**
 * A long run in the page: whether the browser's memory and the work of a step stay as they are once it has found its pace. All
 * three stages, evaluations, checkpoints and the records of a run, with the Run view open.
 *
 *   npm run build && node scripts/bench.mjs soak-page chromium|firefox [MINUTES]    20 unless told
 *
 * Writes docs/results/soak-chromium.json or soak-firefox.json from 10 minutes on. Linux alone: what processes take is read from
 * /proc.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import * as v from 'valibot';
import { encodeLink } from '../src/session/link';
import { collectFirefoxGarbage } from './driven/firefox-garbage';
import { buffersOf, hookedSite } from './driven/hooked-site';
import { begin, engineOf, launch, pause, statusesOf, stepOf, titleOf } from './driven/lab-page';
import { removeProfile } from './driven/remove-profile';
import { processTree, type Process } from './driven/processes';
import { MINUTE, MOST_GROWTH, MOST_STEP_GROWTH, Soaked, soakSession, STEPS_BEFORE_STAGE_2, type Pace, type Sampled } from './driven/soaked'; // prettier-ignore
import { commitNow, writeRecord } from './record';
import { isSmall } from './small';
import { writeSoaks } from './soak-table';

const engine = engineOf(process.argv[2]);
const MINUTES = Number(process.argv[3] ?? 20);
const SAMPLE_MS = 5000;
const commit = commitNow();

interface Sample extends Sampled {
  /** Resident bytes of the browser's processes together but for one of its own, of the one that shows the page, and of the one that computes. */
  all: number;
  page: number;
  gpu: number;
  /** Seconds of the processor until now that the page's own thread took, which draws some times a second whatever a step takes. */
  drawing: number;
  /**
   * Bytes that JavaScript holds in the page and in its worker right after a garbage collection; 0 in Firefox, which
   * does not say.
   */
  held: number;
  /** Bytes of buffers on the GPU, as the worker counts them. */
  bytes: number;
  buffers: number;
}

/** Chromium computes in its GPU process, Firefox without a display in the process that is its root. */
const isPage = ({ command }: Process): boolean =>
  engine === 'chromium' ? command.includes('--type=renderer') : /contentproc.* tab$/.test(command);
const isGpu = ({ command }: Process): boolean =>
  engine === 'chromium' ? command.includes('--type=gpu-process') : !command.includes('contentproc');
/** A process that Chromium starts by itself, some minutes after it began, for models of its own; no flag that we know prevents it. */
const isBrowsersOwn = ({ command }: Process): boolean => command.includes('--utility-sub-type=on_device_model');
const largest = (processes: readonly Process[]): number => Math.max(0, ...processes.map(({ rss }) => rss));

const usageSchema = v.object({ usedSize: v.number(), backingStorageSize: v.optional(v.number(), 0) });
interface Protocol {
  send(method: 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage'): Promise<unknown>;
}
async function heldBy(client: Protocol): Promise<number> {
  await client.send('HeapProfiler.collectGarbage');
  const usage = v.parse(usageSchema, await client.send('Runtime.getHeapUsage'));
  return usage.usedSize + usage.backingStorageSize;
}

const site = await hookedSite(engine === 'firefox' ? 4461 : 4451);
const profile = mkdtempSync(join(tmpdir(), 'soak-page-'));
const browser = await launch(engine, profile);
const page = await begin(browser, `${site.url}#${encodeLink({ session: soakSession })}`);
const root = browser.process()?.pid ?? -1;
const session = engine === 'chromium' ? await page.createCDPSession() : null;

/** The protocol clients of the page and of its workers, through which their heaps are read. */
const clients = (of: Page): Protocol[] =>
  session === null ? [] : [session, ...of.workers().map(({ client }) => client)];

const samples: Sample[] = [];
const began = performance.now();
while (performance.now() - began < MINUTES * MINUTE) {
  await pause(SAMPLE_MS);
  const status = (await statusesOf(page)).at(-1);
  if (status !== 'running') throw new Error(`the run is ${status ?? 'gone'}, expected it to go on`);
  const held = await Promise.all(clients(page).map(heldBy));
  if (engine === 'firefox') await collectFirefoxGarbage(browser);
  const { bytes, buffers } = await buffersOf(page);
  const steps = Math.max(0, (await stepOf(page)) - STEPS_BEFORE_STAGE_2);
  const tree = processTree(root).filter((process) => !isBrowsersOwn(process));
  const sum = (read: (process: Process) => number): number => tree.reduce((total, process) => total + read(process), 0);
  samples.push({
    ms: performance.now() - began,
    steps,
    cpu: sum(({ cpu }) => cpu),
    all: sum(({ rss }) => rss),
    page: largest(tree.filter(isPage)),
    gpu: largest(tree.filter(isGpu)),
    drawing: tree.filter(isPage).reduce((total, { mainCpu }) => total + mainCpu, 0),
    held: held.reduce((a, b) => a + b, 0),
    bytes,
    buffers,
  });
}
await browser.close();
await site.close();
await removeProfile(profile);

const soaked = new Soaked(samples);
const last = samples.at(-1);
/** Without the page's own thread. */
const step_cpu_ms = soaked.stepCpu(({ cpu, drawing }) => cpu - drawing);
const drawing = soaked.busy((sample) => sample.drawing);
/**
 * Growth of what JavaScript holds, as a share of all memory: the page keeps a few numbers of every step for its charts.
 */
const earlyHeld = (last?.held ?? 0) / (1 + soaked.growth(({ held }) => held));
const grownHeld = last === undefined || last.held === 0 ? 0 : (last.held - earlyHeld) / last.all;
const result = {
  command: `node scripts/bench.mjs soak-page ${engine} ${MINUTES}`,
  commit,
  browser: titleOf(engine),
  minutes: Math.round(soaked.total / 600) / 100,
  stage2_steps: last?.steps ?? 0,
  /** Megabytes at the end of each tenth of the time. */
  series: {
    all: soaked.series(({ all }) => all),
    page: soaked.series((sample) => sample.page),
    gpu: soaked.series(({ gpu }) => gpu),
    held: soaked.series(({ held }) => held),
    buffers: soaked.series(({ bytes }) => bytes),
  },
  growth: {
    all: soaked.growth(({ all }) => all),
    page: soaked.growth((sample) => sample.page),
    gpu: soaked.growth(({ gpu }) => gpu),
    held: Math.round(grownHeld * 1e4) / 1e4,
    bytes: soaked.growth(({ bytes }) => bytes),
    buffers: soaked.growth(({ buffers }) => buffers),
  },
  step_cpu_ms,
  drawing,
};
if (MINUTES >= 10) {
  writeRecord(`soak-${engine}`, result);
  writeSoaks();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
const isSteady = ({ first_quarter, last_quarter }: Pace): boolean =>
  last_quarter / first_quarter - 1 < MOST_STEP_GROWTH;
const isFlat = Object.values(result.growth).every((share) => share < MOST_GROWTH) && [step_cpu_ms, drawing].every(isSteady); // prettier-ignore
// Its first minutes say nothing of the rest.
process.exit(isFlat || isSmall ? 0 : 1);
