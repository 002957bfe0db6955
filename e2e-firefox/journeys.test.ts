import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { siteWithWorkers } from '../bench/driven/hooked-site';
import { linkOf } from '../e2e/link-of';
import { findFirefox } from '../scripts/firefox.mjs';
import { serve } from '../scripts/serve.mjs';
import { chooseVulkan } from '../scripts/vulkan.mjs';
import { secondsSession } from '../src/config/seconds.test-data';
import {
  attributeOf,
  countOf,
  hasStatus,
  launchFirefox,
  openView,
  press,
  shown,
  shows,
  stepOf,
  visitor,
} from './firefox';

/** The main journeys in a second browser engine with a second compiler of shaders: the built page, the real engine. */

const SMALL = secondsSession({
  pretrain: { steps: 8 },
  sft: { steps: 8 },
  grpo: { steps: 6 },
  environment: { budget: 0.2 },
  checkpoint: { every: 6 },
});
const LONG = secondsSession({ pretrain: { steps: 0 }, sft: { steps: 5000 }, grpo: { steps: 0 } });

/** The fingerprint that the command line's engine is recorded to give with exactly this driver. */
function recordedKinQuick(): string {
  const recorded = JSON.parse(readFileSync('docs/results/fingerprints.json', 'utf8')) as {
    adapters: Record<string, { sessions: Record<string, { fingerprint: string }> }>;
  };
  const lavapipe = Object.entries(recorded.adapters).find(([name]) => name.includes('llvmpipe'));
  const fingerprint = lavapipe?.[1].sessions['kin-quick, whole']?.fingerprint;
  if (fingerprint === undefined) throw new Error('docs/results/fingerprints.json records no kin-quick on lavapipe');
  return fingerprint;
}

const run = (page: Page): Promise<void> => press(page, 'Run', 'main');
const fingerprintOf = (page: Page): Promise<string | null> => attributeOf(page, '.result-head code', 'title');

async function sharedLink(page: Page): Promise<string> {
  await press(page, 'Share', '.topbar');
  await shown(page, '[role=dialog] input, [role=dialog] textarea');
  const link = await page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')]
        .map(({ value }) => value)
        .find((value) => /#\w+/.test(value)) ?? '',
  );
  await page.keyboard.press('Escape');
  return link;
}

describe.skipIf(findFirefox() === null)('in Firefox', () => {
  let browser: Browser;
  let host: { url: string; close: () => Promise<void> };
  let page: Page;
  let close: () => Promise<void>;
  let complaints: string[];

  beforeAll(async () => {
    host = await serve({ folder: 'dist', under: '/some/lab/', port: 4480 });
    browser = await launchFirefox();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });
  beforeEach(async () => {
    const visit = await visitor(browser);
    ({ page, complaints } = visit);
    close = () => visit.context.close();
  });
  afterEach(() => close());

  test('kin-quick runs, is searched and shared, and ends with the bits of the command line', async () => {
    await page.goto(host.url);
    await run(page);
    await hasStatus(page, 'running');
    await hasStatus(page, 'finished', 400_000);
    const fingerprint = await fingerprintOf(page);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    if (chooseVulkan().kind === 'lavapipe') expect(fingerprint).toBe(recordedKinQuick());

    await openView(page, 'Search');
    await shown(page, '.chip');
    await page.locator('.chip').click();
    await shown(page, '.hit');
    expect(await countOf(page, '.ranking.direct li:not(.beyond) .hit')).toBe(10);
    await shows(page, '.answer', 'Asked after step 480');
    expect(await sharedLink(page)).toMatch(/#\w+/);
    expect(complaints).toEqual([]);
  }, 480_000);

  test('a run of all stages leaves traces and a graph, and its link is reproduced bit for bit elsewhere', async () => {
    await page.goto(`${host.url}${linkOf(SMALL)}`);
    await run(page);
    await hasStatus(page, 'finished', 120_000);
    expect(await stepOf(page)).toBe(22);
    const fingerprint = await fingerprintOf(page);

    await openView(page, 'Traces');
    await shown(page, '.trace-entry');
    await shown(page, '.completion .token-button');
    await openView(page, 'Graph');
    await expect.poll(() => attributeOf(page, '.plane canvas', 'data-step'), { timeout: 30_000 }).toBe('22');
    expect(Number(await attributeOf(page, '.plane canvas', 'data-edges'))).toBeGreaterThan(0);
    const link = await sharedLink(page);
    expect(complaints).toEqual([]);

    const other = await visitor(browser);
    try {
      await other.page.goto(link);
      await run(other.page);
      await hasStatus(other.page, 'finished', 120_000);
      await shows(other.page, '[aria-label=Verdict]', 'reproduced bit for bit');
      expect(await fingerprintOf(other.page)).toBe(fingerprint);
      expect(other.complaints).toEqual([]);
    } finally {
      await other.context.close();
    }
  }, 300_000);

  test('a run is stopped, another one begins, and both are kept', async () => {
    await page.goto(`${host.url}${linkOf(LONG)}`);
    await run(page);
    for (const kept of [1, 2]) {
      await hasStatus(page, 'running');
      await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(3);
      await press(page, 'Stop', '.topbar');
      await hasStatus(page, 'stopped');
      await openView(page, 'Runs');
      await expect.poll(() => countOf(page, '[aria-label=Runs] > li'), { timeout: 30_000 }).toBe(kept);
      await press(page, 'Run again', '.topbar');
    }
    await press(page, 'Stop', '.topbar');
    await hasStatus(page, 'stopped');
    expect(complaints).toEqual([]);
  }, 240_000);

  test('neither the page nor its worker reaches another origin', async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('reached');
    });
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    const address = elsewhere.address();
    const to = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    // Nothing can be evaluated in a worker over BiDi: this copy of the page has a worker that tries by itself.
    const tampered = await siteWithWorkers(tryFromInside(to), 4580);
    try {
      await page.evaluateOnNewDocument(() => {
        new BroadcastChannel('tried').onmessage = ({ data }: MessageEvent<string>) => {
          document.documentElement.dataset.tried = data;
        };
      });
      await page.goto(tampered.url);
      await hasStatus(page, 'ready');
      const fetched = (url: string): Promise<string> => fetch(url).then((response) => response.text(), String);
      expect(await page.evaluate(fetched, `${to}page`)).toMatch(/TypeError/);
      await shown(page, 'html[data-tried]');
      // Its own origin it reaches; from elsewhere nothing comes, by fetch or by import.
      expect(await attributeOf(page, 'html', 'data-tried')).toBe('own 200, fetch refused, import refused');
      expect(asked).toEqual([]);
    } finally {
      elsewhere.close();
      await tampered.close();
    }
  }, 60_000);
});

/** A script that runs in the worker before its own: it reports to the page what the worker can reach. */
const tryFromInside = (to: string): string => `{
  const outcome = (attempt) => attempt.then(() => 'reached', () => 'refused');
  Promise.all([
    fetch(import.meta.url).then(({ status }) => status),
    outcome(fetch('${to}worker')),
    outcome(import('${to}worker.js')),
  ]).then(([own, fetched, imported]) => {
    const channel = new BroadcastChannel('tried');
    setInterval(() => channel.postMessage(\`own \${own}, fetch \${fetched}, import \${imported}\`), 200);
  });
}
`;
