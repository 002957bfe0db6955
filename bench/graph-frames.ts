/**
 * Measures what scrubbing the graph costs the page during a run. The run is the scripted worker's of the journeys: no
 * engine, but the real environment refreshes a graph of 6,144 documents (and of 50,000) in the worker, 128 searches a
 * step, and everything on the page is the built page's.
 *
 *   npm run build && node scripts/bench.mjs graph-frames    writes docs/results/graph-frames.json and docs/graph-frames.md
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { chromium } from 'playwright';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { countPictures, hover, picturesSoFar, scrub, untilShown } from '../e2e/measure/graph';
import { quantile, traceMainThread, type MainThread } from '../e2e/measure/main-thread';
import { withStandIn } from '../e2e/stand-in/install';
import { openView, startRun, status, withoutGuide } from '../e2e/steps';
import { parseSession } from '../src/config/parse-session';
import type { PartialSession } from '../src/config/session';
import { encodeLink } from '../src/session/link';
import { commitNow, today, writeRecord } from './record';

const SCRUB_SECONDS = 15;
const HOVER_SECONDS = 6;

interface Size {
  documents: number;
  /** Whether the documents are made up, because no task has so many. */
  invented?: boolean;
  session: PartialSession;
  /** Refreshes to wait for before it is scrubbed. */
  refreshes: number;
}
const before = { pretrain: { steps: 5, warmup_steps: 2 }, sft: { steps: 5, warmup_steps: 2 } };
const grpo = { steps: 400, batch_size: 8, num_generations: 16 };
const rest = { ...before, grpo, evaluation: { every: 0 }, checkpoint: { every: 0 } };
const SIZES: readonly Size[] = [
  { documents: 6144, session: { ...rest, task: { topics: 96 } }, refreshes: 40 },
  { documents: 50_000, session: rest, refreshes: 3, invented: true },
];

const summary = ({ frames, seconds, script, long_tasks, longest_task_ms }: MainThread, pictures: number) => ({
  seconds: round(seconds),
  frames_per_second: round(frames / seconds),
  pictures_per_second: round(pictures / seconds),
  script_ms_per_frame: {
    median: round(quantile(script, 0.5)),
    p95: round(quantile(script, 0.95)),
    p99: round(quantile(script, 0.99)),
    most: round(script.at(-1) ?? 0),
  },
  long_tasks,
  longest_task_ms: { script: round(longest_task_ms.script), clock: round(longest_task_ms.clock) },
});

const only = process.argv[2];
const executablePath = requireChromium();
const site = await serve({ folder: 'dist', port: 4320 });
const results: Measured[] = [];
for (const size of SIZES.filter(({ documents }) => only === undefined || documents === Number(only))) {
  results.push(await measure(size));
  process.stdout.write(`${JSON.stringify(results.at(-1), null, 2)}\n`);
}
await site.close();

interface Report {
  command: string;
  commit: string;
  date: string;
  adapter: string;
  cores: number;
  results: readonly Measured[];
}
type Measured = Awaited<ReturnType<typeof measure>>;

async function measure({ documents, session, refreshes, invented = false }: Size) {
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await withStandIn(page, invented ? { documents } : {});
  await withoutGuide(page);
  await countPictures(page);
  const whole = parseSession(session);
  await page.goto(`${site.url}#${encodeLink({ session: whole })}`);
  await startRun(page);
  const first = whole.pretrain.steps + whole.sft.steps;
  const total = first + whole.grpo.steps;
  const slider = page.getByRole('slider', { name: 'Step', exact: true });
  const last = async (): Promise<number> => Number(await slider.getAttribute('aria-valuemax'));
  while ((await last()) < first + refreshes) await page.waitForTimeout(500);

  const start = performance.now();
  const opening = await traceMainThread(page, async () => {
    await openView(page, 'Graph');
    await untilShown(page, first + refreshes, 300_000);
  });
  const openedMs = performance.now() - start;
  let seen = await picturesSoFar(page);
  const scrubbing = await traceMainThread(page, () =>
    scrub(page, [first + 1, first + refreshes], total, SCRUB_SECONDS),
  );
  const scrubbed = (await picturesSoFar(page)) - seen;
  seen += scrubbed;
  const hovering = await traceMainThread(page, () => hover(page, HOVER_SECONDS));
  const hovered = (await picturesSoFar(page)) - seen;
  const edges = Number(await page.locator('.plane canvas').getAttribute('data-edges'));
  const state = await status(page).textContent();
  await browser.close();
  if (errors.length > 0) throw new Error(errors.join('; '));
  return {
    documents,
    edges,
    status: state,
    opened_ms: round(openedMs),
    opening: summary(opening, seen),
    scrub: summary(scrubbing, scrubbed),
    hover: summary(hovering, hovered),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

if (only === undefined) {
  const result = {
    command: 'node scripts/bench.mjs graph-frames',
    commit: commitNow(),
    date: today(),
    adapter: "Chromium's SwiftShader",
    cores: cpus().length,
    results,
  };
  writeRecord('graph-frames', result);
  writeFileSync('docs/graph-frames.md', page(result));
}

function page({ command, commit, date, adapter, cores, results: sizes }: Report): string {
  const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
  const row = (label: string, value: (size: Measured) => string): string =>
    `| ${label} | ${sizes.map(value).join(' | ')} |`;
  const spread =
    (part: 'scrub' | 'hover' | 'opening') =>
    ({ [part]: { script_ms_per_frame: ms } }: Measured) =>
      `${number(ms.median)} / **${number(ms.p95)}** / ${number(ms.p99)} / ${number(ms.most)}`;
  return `# Frames of the graph

Written by \`${command}\` at commit ${commit}, ${date}, on ${adapter} with ${cores} cores.

The timeline is dragged to and fro for ${SCRUB_SECONDS} seconds over the recorded refreshes, then the pointer moves over the picture for ${HOVER_SECONDS}, while the run goes on. The run is a scripted worker's: no model trains, but the engine's own environment refreshes a graph in the worker, with ${grpo.batch_size * grpo.num_generations} searches a step, and everything on the page is the built page's. "Our script" is the processor time of all JavaScript on the page's main thread that begins in the same sixtieth of a second, from a trace of Chromium, where there was any, with the copy of the picture that only software adapters need. The budget is 8 ms at the 95th percentile and no task over 50 ms.

| | ${sizes.map(({ documents, edges }) => `${documents.toLocaleString('en')} documents, ${edges.toLocaleString('en')} edges`).join(' | ')} |
| --- | ${sizes.map(() => '---').join(' | ')} |
${row('Our script a frame while scrubbing, ms: median / p95 / p99 / most', spread('scrub'))}
${row('While hovering', spread('hover'))}
${row('While opening', spread('opening'))}
${row('Tasks with over 50 ms of our script: scrub, hover, opening', ({ scrub: a, hover: b, opening: c }) => [a, b, c].map(({ long_tasks }) => long_tasks.script).join(', '))}
${row('Longest task, ms of our script', ({ scrub: a, hover: b, opening: c }) => number(Math.max(...[a, b, c].map(({ longest_task_ms }) => longest_task_ms.script))))}
${row('Frames a second of the page while scrubbing', ({ scrub: { frames_per_second } }) => number(frames_per_second))}
${row('Pictures a second while scrubbing', ({ scrub: { pictures_per_second } }) => number(pictures_per_second))}
${row('From the click on Graph to the newest recorded step, s', ({ opened_ms }) => number(opened_ms / 1000))}

Frames and pictures a second are those of a CPU adapter that shares its cores with the worker, and are reported, not judged. There, pictures of more than 20,000 edges leave the edges out while they move.
`;
}
