/**
 * A model of 1.2 GB in four shards on the page: copied into the browser's storage, hashed, opened, put on the GPU and asked to
 * embed, with what JavaScript holds meanwhile. Weights out of nothing, in a profile of Chromium's on the disk.
 *
 *   npm run build && node scripts/bench.mjs page-shards [MEGABYTES]    writes docs/results/page-shards.json and docs/real-models.md
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { heapOf, totalOf, type Heap } from '../e2e/measure/heap';
import { openView, withoutGuide } from '../e2e/steps';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { wordLevelTokenizer } from '../src/formats/word-level';
import { intoDocument } from './into-document';
import { writeMadeUp } from './made-up-model';

/** Beside the weights, by the budget. */
const BUDGET_MB = 150;
const WORDS = ['<unk>', '<|embed_token|>', 'lift', 'wing', 'heat', 'flow', 'plate', 'layer'];
const LOOK_MS = 200;

const megabytes = Number(process.argv[2] ?? 1200);
const root = mkdtempSync(join(tmpdir(), 'page-shards-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
const folder = join(root, 'made-up');
await writeMadeUp(folder, megabytes * 1e6, wordLevelTokenizer(WORDS, '<unk>'));
const notes = join(root, 'notes');
mkdirSync(notes);
const rows = ['lift wing', 'heat flow plate', 'flow layer plate'].map((text, i) =>
  JSON.stringify({ _id: `d${i}`, text }),
);
writeFileSync(join(notes, 'corpus.jsonl'), rows.join('\n'));

const executablePath = requireChromium();
const site = await serve({ folder: 'dist', port: 4331 });
// Another than the profile of every test, whose storage may lie in memory.
const context = await chromium.launchPersistentContext(join(root, 'profile'), { executablePath, args: [...chromiumFlags], viewport: { width: 1440, height: 900 } }); // prettier-ignore
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(900_000);
const errors: string[] = [];
page.on('pageerror', (error) => errors.push(error.message));
await withoutGuide(page);
const read = await heapOf(page);
await page.goto(site.url);
await openView(page, 'Models');
await page.getByText('No models yet.').waitFor();

interface Phase {
  what: string;
  seconds: number;
  /** With garbage, the most of many looks. */
  most: Heap;
  /** Without garbage, at its end. */
  left: Heap;
}
const phases: Phase[] = [];
const before = await read();

async function phase(what: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  let isOver = false;
  let most = await read(false);
  const looking = (async () => {
    while (!isOver) {
      const now = await read(false);
      if (totalOf(now) > totalOf(most)) most = now;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  await work();
  const seconds = (performance.now() - started) / 1e3;
  isOver = true;
  await looking;
  phases.push({ what, seconds, most, left: await read() });
  process.stderr.write(`${what}: ${seconds.toFixed(1)} s, ${totalOf(most).toFixed(1)} MB\n`);
}

await phase('Dropped: copied into storage and hashed, the card read', async () => {
  await page.getByLabel('Model folder').setInputFiles(folder);
  await page.getByRole('region', { name: 'What it is' }).waitFor();
});
const section = page.getByRole('region', { name: 'Embed and search' });
await section.locator('input[type=file]').setInputFiles(notes);
const embed = section.getByRole('button', { name: 'Embed 3 documents' });
await embed.waitFor();
await phase('Onto the GPU, three documents embedded', async () => {
  await embed.click();
  await section.getByText(/3 documents, 1,?024 numbers each, embedded in/).waitFor();
});
await phase('A query searched', async () => {
  await section
    .getByRole('textbox', { name: 'Query to this model' })
    .or(section.getByRole('searchbox'))
    .fill('heat flow plate');
  await section.getByRole('button', { name: 'Search', exact: true }).click();
  await section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem').first().waitFor();
});
const first = section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem').first();
const found = (await first.textContent()) ?? '';
await context.close();
await site.close();
if (errors.length > 0) throw new Error(errors.join('; '));
// A query that is a document's own text has its embedding.
if (!found.includes('d1') || !found.includes('1.000')) throw new Error(`found first: ${found}`);

const result = {
  command: 'node scripts/bench.mjs page-shards',
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  date: new Date().toISOString().slice(0, 10),
  load: loadavg().map((x) => Number(x.toFixed(1))),
  megabytes,
  before,
  phases,
};
console.log(JSON.stringify(result, null, 2));
const beside = (heap: Heap): number => totalOf(heap) - totalOf(before);
const worst = Math.max(...phases.map(({ most }) => beside(most)));
if (worst > BUDGET_MB) throw new Error(`${worst.toFixed(1)} MB of JavaScript beside, expected at most ${BUDGET_MB}`);
if (process.argv[2] === undefined) {
  mkdirSync('docs/results', { recursive: true });
  writeFileSync('docs/results/page-shards.json', `${JSON.stringify(result, null, 2)}\n`);
  const cells = phases.map(({ what, seconds, most, left }) => [what, seconds.toFixed(1), beside(most).toFixed(1), beside(left).toFixed(1)]); // prettier-ignore
  const heads = ['', 'seconds', 'MB of JavaScript at the most', 'MB after a collection of garbage'];
  await intoDocument('docs/real-models.md', 'page-shards', [
    `On the page, in Chromium (SwiftShader, two cores, load ${result.load[0]} at the end): ${megabytes.toLocaleString('en')} MB of bf16 in four shards, \`${result.command}\` at ${result.commit}. JavaScript is the heaps and arrays of page and worker, above what the page held before; the budget is ${BUDGET_MB} MB.`,
    '',
    ...[heads, heads.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`),
  ]);
}
process.exit(0);
