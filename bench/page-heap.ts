/**
 * Measures the JavaScript heap of the page and of its worker with a recorded run of 400 updates × 128 completions,
 * opened from the list of runs after a reload and looked through. The run is the scripted worker's; it is kept by the
 * page's real store in OPFS, with traces, refreshes of 1,536 documents and positions of each step.
 *
 *   npm run build && node scripts/bench.mjs page-heap    writes docs/results/page-heap.json and docs/page-heap.md
 */
import { taskSize } from '../src/config/tasks';
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { heapOf, totalOf, walk, type Heap } from '../e2e/measure/heap';
import { withStandIn } from '../e2e/stand-in/install';
import { openView, startRun, status, withoutGuide } from '../e2e/steps';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { parseSession } from '../src/config/parse-session';
import { encodeLink } from '../src/session/link';
import { commitNow, today, writeRecord } from './record';

const BUDGET_MB = 300;
const session = parseSession({
  pretrain: { steps: 100 },
  sft: { steps: 100 },
  grpo: { steps: Number(process.argv[2] ?? 400), batch_size: 32, num_generations: 4 },
  evaluation: { every: 20 },
  checkpoint: { every: 100 },
});

const executablePath = requireChromium();
const site = await serve({ folder: 'dist', port: 4330 });
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(120_000);
const errors: string[] = [];
page.on('pageerror', (error) => errors.push(error.message));
await withoutGuide(page);
await withStandIn(page, { wholeBatches: true });
const heaps: { when: string; heap: Heap }[] = [];
let read = await heapOf(page);
const note = async (when: string): Promise<void> => {
  heaps.push({ when, heap: await read() });
  process.stderr.write(`${when}: ${JSON.stringify(heaps.at(-1)?.heap)}\n`);
};

await page.goto(`${site.url}#${encodeLink({ session })}`);
await startRun(page);
await status(page).filter({ hasText: 'finished' }).waitFor({ timeout: 540_000 });
await note('The run has just finished, the Run view open');
await page.goto('about:blank');
read = await heapOf(page);
await page.goto(site.url);
await openView(page, 'Runs');
const bytes = (await page.getByRole('list', { name: 'Runs' }).getByRole('listitem').first().textContent()) ?? '';
await page
  .getByRole('button', { name: /^Open / })
  .first()
  .click();
await status(page).filter({ hasText: 'finished' }).waitFor();
await note('The page loaded again, the run opened from the list');
await walk(page, (where) => note(where === 'traces' ? 'Traces: pages of all steps, groups, a search through all' : 'Graph: every refresh fetched, thirty steps scrubbed')); // prettier-ignore
await browser.close();
await site.close();
if (errors.length > 0) throw new Error(errors.join('; '));

const result = {
  command: 'node scripts/bench.mjs page-heap',
  commit: commitNow(),
  date: today(),
  adapter: "Chromium's SwiftShader",
  updates: session.grpo.steps,
  completions: session.grpo.batch_size * session.grpo.num_generations,
  documents: taskSize(session.task).documents,
  on_the_disk: /[\d.,]+\s*[kMG]B/.exec(bytes)?.[0] ?? '',
  heaps,
};
const whole = (value: number): string => value.toFixed(1);
const rows = heaps.map(({ when, heap }) => `| ${when} | ${whole(heap.page)} | ${whole(heap.worker)} | ${whole(heap.arrays)} | **${whole(totalOf(heap))}** |`); // prettier-ignore
if (process.argv[2] === undefined) {
  writeRecord('page-heap', result);
  writeFileSync(
    'docs/page-heap.md',
    `# The page's memory

Written by \`${result.command}\` at commit ${result.commit}, ${result.date}, in Chromium.

A run of ${result.updates} updates with ${result.completions} completions each, over ${result.documents.toLocaleString('en')} documents: ${result.on_the_disk} on the disk. A scripted worker makes it, the page's own store keeps it, and the page reads it by range. Megabytes after a collection of garbage, counted by Chromium: the heap of the page, that of the worker, and the contents of typed arrays of both, which lie beside the heaps. The budget is ${BUDGET_MB} MB.

| | Page | Worker | Arrays | All |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  );
}
