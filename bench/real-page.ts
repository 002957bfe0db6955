/**
 * SmolLM2-135M-Instruct (`npm run models`) in the page, in Chromium on SwiftShader: its GGUF file is dropped, the ids of prompts
 * are held against the reference of `transformers`, and its embeddings against those of the command line on lavapipe.
 *
 *   npm run build && node scripts/bench.mjs real-page    writes docs/results/real-page.json and docs/real-models.md
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import * as v from 'valibot';
import { heapOf, totalOf } from '../e2e/measure/heap';
import { openView, withoutGuide } from '../e2e/steps';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { readNpy } from '../src/formats/npy';
import { intoDocument } from './into-document';
import { MODEL } from './lora-step';
import { commitNow, today, writeRecord } from './record';

const REFERENCE = '../shared/models/smollm2-135m-instruct/reference';
const MINUTE = 60_000;
const COSINE = 0.9999;
/** Bytes of the checksum behind the numbers of kept embeddings. */
const CHECKSUM_BYTES = 4;
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

const reference = v.parse(
  v.object({
    cases: v.array(v.object({ kind: v.string(), text: v.string(), prompt_ids: v.array(v.number()) })),
    embeddings: v.array(v.string()),
  }),
  JSON.parse(readFileSync(`${REFERENCE}.json`, 'utf8')),
);
const TEXTS = reference.embeddings;

const root = mkdtempSync(join(tmpdir(), 'real-page-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
const notes = join(root, 'notes');
mkdirSync(notes);
writeFileSync(join(notes, 'corpus.jsonl'), TEXTS.map((text, i) => JSON.stringify({ _id: `d${i}`, text })).join('\n'));

const site = await serve({ folder: 'dist', port: 4332 });
// Another than the profile of every test, whose storage may lie in memory.
const context = await chromium.launchPersistentContext(join(root, 'profile'), { executablePath: requireChromium(), args: [...chromiumFlags], viewport: { width: 1440, height: 900 } }); // prettier-ignore
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(10 * MINUTE);
const errors: string[] = [];
page.on('pageerror', (error) => errors.push(error.message));
await withoutGuide(page);
const read = await heapOf(page);
await page.goto(site.url);
await openView(page, 'Models');
await page.getByText('No models yet.').waitFor();
const before = totalOf(await read());

/** The files of a folder in the origin's private storage. */
const kept = (folder: string): Promise<Record<string, number[]>> =>
  page.evaluate(async (name) => {
    const files: Record<string, number[]> = {};
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
    for await (const handle of directory.values()) {
      if (!(handle instanceof FileSystemFileHandle)) continue;
      files[handle.name] = [...new Uint8Array(await (await handle.getFile()).arrayBuffer())];
    }
    return files;
  }, folder);

const seconds: Record<string, number> = {};
async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await work();
  seconds[what] = Math.round((performance.now() - started) / 100) / 10;
  process.stderr.write(`${what}: ${seconds[what]} s\n`);
}

await timed('opened', async () => {
  await page.getByLabel('GGUF file').setInputFiles(MODEL);
  await page.getByRole('region', { name: 'What it is' }).waitFor();
});

/** Ids of a text's tokens as the prompt editor shows them: of a turn up to the model's, or of a text without the token that embeds. */
async function tokensShown(of: Page, chat: boolean, text: string): Promise<number[]> {
  const prompts = of.getByRole('region', { name: 'Prompts', exact: true });
  const title = chat ? 'A query before its reasoning' : 'A query that is embedded at once';
  await prompts.getByLabel('As turns of its chat template').setChecked(chat);
  await prompts.getByLabel('Query', { exact: true }).fill(text);
  await prompts.getByRole('group', { name: `${title}, as text` }).filter({ hasText: text.split('\n').at(-1)! }).waitFor(); // prettier-ignore
  await of.waitForTimeout(1000);
  const items = prompts.getByRole('list', { name: `${title}, as tokens` }).getByRole('listitem');
  const ids = await items.evaluateAll((all) =>
    all.map((item) => Number(/id (\d+)$/.exec(item.getAttribute('title') ?? '')?.[1])),
  );
  return chat ? ids : ids.slice(0, -1);
}
await page.getByRole('region', { name: 'Prompts', exact: true }).locator('summary').press('Enter');
let tokens = 0;
for (const { kind, text, prompt_ids } of reference.cases) {
  const shown = await tokensShown(page, kind === 'chat', text);
  if (JSON.stringify(shown) !== JSON.stringify(prompt_ids)) {
    throw new Error(`tokens of “${text}”: ${shown.join(' ')}, expected ${prompt_ids.join(' ')}`);
  }
  tokens += shown.length;
}
await page.getByRole('button', { name: 'Back to the texts alone' }).click();

const section = page.getByRole('region', { name: 'Embed and search' });
await section.locator('input[type=file]').setInputFiles(notes);
await timed('embedded', async () => {
  await section.getByRole('button', { name: /^Embed \d documents$/ }).click();
  await section.getByText(/576 numbers each, embedded in/).waitFor();
});
const vectors = Object.values(await kept('search-r3-lab-embeddings'))[0];
if (vectors === undefined) throw new Error('the page kept no embeddings');
const floats = new Float32Array(Uint8Array.from(vectors).slice(0, -CHECKSUM_BYTES).buffer);
/** Of the command line, which a test holds against `transformers`. */
execFileSync('npm', ['run', '--silent', 'lab', '--', 'encode', '--checkpoint', MODEL, '--input', join(notes, 'corpus.jsonl'), '--output', join(root, 'own.npy')], { stdio: 'inherit' }); // prettier-ignore
const own = readNpy(new Uint8Array(readFileSync(join(root, 'own.npy'))), 'own.npy').data;
const C = own.length / TEXTS.length;
const cosines = TEXTS.map((_, i) => {
  const rowOf = (all: Float32Array): Float32Array => all.subarray(i * C, (i + 1) * C);
  const [shown, expected] = [rowOf(floats), rowOf(own)];
  return dot(shown, expected) / Math.sqrt(dot(shown, shown) * dot(expected, expected));
});
if (Math.min(...cosines) < COSINE) throw new Error(`cosines ${cosines.join(', ')}, expected at least ${COSINE}`);

const javascript = totalOf(await read(false)) - before;
await context.close();
await site.close();
if (errors.length > 0) throw new Error(errors.join('; '));
const result = {
  command: 'node scripts/bench.mjs real-page',
  commit: commitNow(),
  date: today(),
  load: loadavg().map((x) => Number(x.toFixed(1))),
  tokens,
  cosines,
  seconds,
  javascript_mb: Math.round(javascript),
};
writeRecord('real-page', result);
await intoDocument('docs/real-models.md', 'real-page', [
  `SmolLM2-135M-Instruct from its GGUF file in the page, Chromium on SwiftShader, two cores, load ${result.load[0]} at the end: \`${result.command}\` at ${result.commit}.`,
  '',
  '| what | found |',
  '| --- | --- |',
  `| ids of ${reference.cases.length} prompts, one through the chat template, as the prompt editor shows them | all ${tokens} as the reference’s |`,
  `| embeddings of ${cosines.length} texts, as the page keeps them | cosine with those of \`lab encode\` on lavapipe ≥ ${Math.min(...cosines).toFixed(6)} |`,
  `| JavaScript beside what the page held before | ${result.javascript_mb} MB at the end |`,
  ...Object.entries(seconds).map(([what, s]) => `| ${what} in | ${s} s |`),
]);
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
