/**
 * Measures the page with a model of 1.2 GB in four shards: copied into the browser's storage, hashed, opened, put on
 * the GPU and asked to embed, with what JavaScript holds meanwhile. The weights are made up, in a profile of Chromium's
 * on the disk.
 *
 *   npm run build && node scripts/bench.mjs page-shards [MEGABYTES]    writes docs/results/page-shards.json and docs/real-models.md
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { totalOf } from '../e2e/measure/heap';
import { besides, dropEmbedSearch, shardsAndNotes } from '../e2e/measure/shards';
import { withoutGuide } from '../e2e/steps';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { intoDocument } from './into-document';
import { commitNow, today, writeRecord } from './record';

/** The most megabytes beside the weights. */
const BUDGET_MB = 150;

const megabytes = Number(process.argv[2] ?? 1200);
const root = mkdtempSync(join(tmpdir(), 'page-shards-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
const folders = await shardsAndNotes(root, megabytes * 1e6);

const executablePath = requireChromium();
const site = await serve({ folder: 'dist', port: 4331 });
// Another than the profile of every test, whose storage may lie in memory.
const context = await chromium.launchPersistentContext(join(root, 'profile'), { executablePath, args: [...chromiumFlags], viewport: { width: 1440, height: 900 }, baseURL: site.url }); // prettier-ignore
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(900_000);
const errors: string[] = [];
page.on('pageerror', (error) => errors.push(error.message));
await withoutGuide(page);
const { before, phases } = await dropEmbedSearch(page, folders);
await context.close();
await site.close();
if (errors.length > 0) throw new Error(errors.join('; '));

const result = {
  command: 'node scripts/bench.mjs page-shards',
  commit: commitNow(),
  date: today(),
  load: loadavg().map((x) => Number(x.toFixed(1))),
  megabytes,
  before,
  phases,
};
console.log(JSON.stringify(result, null, 2));
const beside = besides(before, phases);
const worst = Math.max(...beside);
if (worst > BUDGET_MB) throw new Error(`${worst.toFixed(1)} MB of JavaScript beside, expected at most ${BUDGET_MB}`);
if (process.argv[2] === undefined) {
  writeRecord('page-shards', result);
  const cells = phases.map(({ what, seconds, left }, i) => [what, seconds.toFixed(1), beside[i]!.toFixed(1), (totalOf(left) - totalOf(before)).toFixed(1)]); // prettier-ignore
  const heads = ['', 'seconds', 'MB of JavaScript at the most', 'MB after a collection of garbage'];
  await intoDocument('docs/real-models.md', 'page-shards', [
    `On the page, in Chromium (SwiftShader, two cores, load ${result.load[0]} at the end): ${megabytes.toLocaleString('en')} MB of bf16 in four shards, \`${result.command}\` at ${result.commit}. JavaScript is the heaps and arrays of page and worker, above what the page held before; the budget is ${BUDGET_MB} MB.`,
    '',
    ...[heads, heads.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`),
  ]);
}
process.exit(0);
