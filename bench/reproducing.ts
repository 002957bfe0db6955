/**
 * How far one session is from itself on another adapter, beside how far its seeds are apart: what the tolerances of a verdict
 * come from. And whether a page and the command line on the same adapter give the same bits.
 *
 *   npm run build && node scripts/bench.mjs reproducing    runs what is missing; writes docs/reproducing.md
 *
 * Needs lavapipe and a Chromium, whose SwiftShader is the second adapter. A run that was cut short counts as far as it came.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import * as v from 'valibot';
import { parseSession } from '../src/config/parse-session';
import { presetSession } from '../src/config/presets';
import { INTERRUPTED } from '../src/config/seconds.test-data';
import { curveDifference, largestOf, TOLERANCE, WINDOW } from '../src/records/reproduction';
import { firstDifference } from '../src/session/fingerprint';
import { chromiumFlags, requireChromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { jsonLines, mean, writeResults } from './long-runs';
import { commitNow } from './record';

const SEEDS = [1, 2, 3];
const STAGE_2 = 40;
const LAB = 'scripts/lab.mjs';
const SHORT = 'runs/adapters-short.json';

function run(adapter: string, name: string, args: readonly string[]): string {
  const out = `runs/adapters-${name}`;
  // Also one that was cut short on purpose: stage 1 on SwiftShader takes the better part of an hour.
  if (existsSync(`${out}/metrics.jsonl`)) return out;
  const all = [LAB, 'run', ...args, '--out', out, '--resume'];
  const { status } = spawnSync(process.execPath, all, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LAB_ADAPTER: adapter },
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return out;
}

const losses = (out: string): (number | null)[] =>
  jsonLines(`${out}/metrics.jsonl`).map((line) => v.parse(v.object({ loss: v.nullable(v.number()) }), line).loss);
const scoreSchema = v.object({ test: v.object({ reasoning: v.object({ ndcg_cut_10: v.number() }) }) });
const score = (out: string): number =>
  v.parse(scoreSchema, JSON.parse(readFileSync(`${out}/evaluation.json`, 'utf8'))).test.reasoning.ndcg_cut_10;
const chainSchema = v.object({ fingerprint: v.string(), steps: v.array(v.string()) });
const chain = (out: string) => v.parse(chainSchema, JSON.parse(readFileSync(`${out}/fingerprint.json`, 'utf8')));
const largest = (a: string, b: string, last: number): number =>
  largestOf(curveDifference(losses(a), losses(b), last))?.difference ?? NaN;

const long = (seed: number): string[] => ['kin-quick', '--set', `grpo.steps=${STAGE_2}`, '--set', `seed=${seed}`];
const seeds = SEEDS.map((seed) => run('lavapipe', `lavapipe-${seed}`, long(seed)));
const other = run('swiftshader', 'swiftshader-1', long(1));
const quick = presetSession('kin-quick')!;
const supervised = quick.pretrain.steps + quick.sft.steps;
const compared = Math.min(supervised, losses(other).length);
const [first = '', ...rest] = seeds;
const between = largest(first, other, compared);
const betweenSeeds = rest.map((out) => largest(first, out, compared));
const scores = seeds.map(score);
const spread = Math.sqrt(scores.reduce((sum, one) => sum + (one - mean(scores)) ** 2, 0) / (scores.length - 1));

writeFileSync(SHORT, JSON.stringify(INTERRUPTED));
const shortLavapipe = run('lavapipe', 'short-lavapipe', [SHORT]);
const shortSwiftshader = run('swiftshader', 'short-swiftshader', [SHORT]);
const parted = firstDifference(chain(shortLavapipe).steps, chain(shortSwiftshader).steps);
const inPage = await pageFingerprint();
const isSame = inPage === chain(shortSwiftshader).fingerprint;

const record = {
  command: 'node scripts/bench.mjs reproducing',
  commit: commitNow(),
  window: WINDOW,
  tolerance: TOLERANCE,
  kin_quick: {
    adapters: ['lavapipe', 'swiftshader'],
    steps_compared: compared,
    largest_loss_difference: between,
    largest_loss_difference_between_seeds: betweenSeeds,
    stage_2_steps: STAGE_2,
    ndcg_cut_10_by_seed: scores,
    ndcg_cut_10_sd: spread,
  },
  short: {
    steps: chain(shortSwiftshader).steps.length,
    first_differing_step: parted,
    largest_loss_difference: largest(shortLavapipe, shortSwiftshader, parseSession(INTERRUPTED).sft.steps),
    chromium_swiftshader: inPage,
    node_swiftshader: chain(shortSwiftshader).fingerprint,
  },
};
const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
writeResults('reproducing', record, [
  '# Reproducing a run',
  '',
  'On the adapter that a result was computed on, a re-run gives the same bits in every step: reductions have one order, and nothing depends on the clock. On another adapter the last bits of a product may differ, and training lets that grow. A verdict then says by how much, and whether that is within these tolerances:',
  '',
  `- mean losses of stages 0 and 1, over windows of ${WINDOW} steps: ${percent(TOLERANCE.loss)};`,
  `- final nDCG@10 of a session that ends with stage 1: ${TOLERANCE.metric};`,
  `- final nDCG@10 after stage 2, where one token that falls the other way changes all that follows: ${TOLERANCE.metricAfterStage2}, twice the spread over seeds.`,
  '',
  '## Where they come from',
  '',
  `kin-quick with ${STAGE_2} updates of stage 2, seed 1, on lavapipe and on SwiftShader, over ${compared} steps of stages 0 and 1, beside other seeds on lavapipe (relative difference of mean losses, the largest window):`,
  '',
  '| from seed 1 on lavapipe to | largest difference |',
  '| --- | --- |',
  `| seed 1 on SwiftShader | ${percent(between)} |`,
  ...betweenSeeds.map((difference, i) => `| seed ${SEEDS[i + 1]} on lavapipe | ${percent(difference)} |`),
  '',
  `Final nDCG@10 with reasoning over seeds ${SEEDS.join(', ')}, after stage 2: ${scores.map((one) => one.toFixed(3)).join(', ')}; standard deviation ${spread.toFixed(3)}. No hardware adapter was at hand.`,
  '',
  '## The page and the command line',
  '',
  `A session of ${record.short.steps} steps of stages 1 and 2 in Chromium on its SwiftShader and in Node on the same SwiftShader: ${isSame ? 'the same fingerprint' : 'different fingerprints'}, \`${inPage.slice(0, 12)}\` and \`${record.short.node_swiftshader.slice(0, 12)}\`. On lavapipe it parts at step ${parted ?? 'none'}.`,
  '',
  ...unseen(),
  ...fingerprintCost(),
  `Made by \`${record.command}\` at ${record.commit}.`,
  '',
]);

function unseen(): string[] {
  const phase = v.object({ state: v.string(), seconds: v.number(), steps: v.number() });
  const { command, browser, phases, same } = v.parse(
    v.object({
      command: v.string(),
      browser: v.string(),
      phases: v.array(phase),
      same: v.boolean(),
    }),
    result('away-page'),
  );
  const rows = phases.map(({ state, seconds, steps }) => `| ${state} | ${seconds} | ${steps} |`);
  return [
    '## When nobody looks',
    '',
    `One run of stage 1 in Chromium ${browser}, put through what becomes of a page that is left alone:`,
    '',
    '| the page is | seconds | steps |',
    '| --- | --- | --- |',
    ...rows,
    '',
    `A hidden tab goes on as one in front. In a tab that the browser freezes, and in a computer that sleeps (all processes of the browser stopped), the run stops within a second and goes on afterwards by itself, with ${same ? 'the same fingerprint as a run that was left alone' : 'another fingerprint than a run that was left alone'}. While a run goes and its page is looked at, the page asks the browser to keep the screen on.`,
    '',
    `Made by \`${command}\`.`,
    '',
  ];
}

function fingerprintCost(): string[] {
  const stage = v.object({ taken_ms: v.number(), as_text_ms: v.number(), step_ms: v.number(), share: v.number() });
  const { command, stages } = v.parse(
    v.object({ command: v.string(), stages: v.record(v.string(), stage) }),
    result('fingerprint-cost'),
  );
  return [
    '## What the fingerprint costs',
    '',
    'Median milliseconds a step, of kin-quick on lavapipe; beside it what hashing the same records as text would take, in turn in the same run.',
    '',
    '| stage | fingerprint | as text | step | share |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(stages).map(
      ([name, { taken_ms, as_text_ms, step_ms, share }]) =>
        `| ${name} | ${taken_ms.toPrecision(2)} | ${as_text_ms.toPrecision(2)} | ${step_ms.toPrecision(3)} | ${percent(share)} |`,
    ),
    '',
    `Made by \`${command}\`.`,
    '',
  ];
}

function result(name: string): unknown {
  return JSON.parse(readFileSync(`docs/results/${name}.json`, 'utf8'));
}

async function pageFingerprint(): Promise<string> {
  const shared = execFileSync(process.execPath, [LAB, 'share', SHORT], { encoding: 'utf8' });
  const { link } = v.parse(v.object({ link: v.string() }), JSON.parse(shared));
  const site = await serve({ folder: 'dist', port: 4320 });
  const executablePath = requireChromium();
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  const page = await browser.newPage();
  await page.goto(site.url + link);
  await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
  const code = page.locator('.result-head code');
  await code.waitFor({ timeout: 600_000 });
  const fingerprint = await code.getAttribute('title');
  await browser.close();
  await site.close();
  return fingerprint ?? '';
}
