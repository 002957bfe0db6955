import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { GenerationPage } from '../bench/generation/main';
import type { GraphPage } from '../bench/graph-search/main';
import type { SearchPage } from '../bench/search/main';
import { serve } from '../scripts/serve.mjs';
import { expect, test, type Page } from './journey';

/** What a benchmark's page has on its window. */
type Benches = SearchPage & GraphPage & GenerationPage;
declare global {
  interface Window {
    bench: Benches;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the page of a benchmark as `npm run bench` does, and opens it for `body`. */
async function onPage(page: Page, name: string, body: () => Promise<void>): Promise<void> {
  await build({ configFile: `${root}/bench/${name}/vite.config.ts`, logLevel: 'error' });
  const server = await serve({ folder: `${root}/.cache/bench-${name}`, port: 4470 });
  try {
    await page.goto(server.url);
    await body();
  } finally {
    await server.close();
  }
}

test('search beside its peers: all find the nearest documents', async ({ page }) => {
  await onPage(page, 'search', async () => {
    for (const contender of ['ours', 'jax-js', 'jax-js-read', 'tfjs', 'tfjs-read', 'javascript']) {
      await page.evaluate((name) => window.bench.open(name, 'tiny'), contender);
      await page.evaluate(() => window.bench.search(1));
      expect(await page.evaluate(() => window.bench.close()), contender).toBeNull();
    }
  });
});

test('a graph beside its peer: both find the nearest documents', async ({ page }) => {
  await onPage(page, 'graph-search', async () => {
    for (const contender of ['ours', 'hnswlib-wasm']) {
      await page.evaluate((name) => window.bench.open(name, 'tiny'), contender);
      expect(await page.evaluate(() => window.bench.build()), contender).toBeGreaterThan(0);
      const found = await page.evaluate(() => window.bench.narrowest(0.99));
      expect(found?.recall, contender).toBeGreaterThanOrEqual(0.99);
    }
  });
});

test('generation beside its peer: both write the likeliest tokens', async ({ page }) => {
  await onPage(page, 'generation', async () => {
    for (const contender of ['ours', 'jax-js']) {
      await page.evaluate((name) => window.bench.open(name, 'tiny'), contender);
      await page.evaluate(() => window.bench.generate(1));
      expect(await page.evaluate(() => window.bench.close()), contender).toBeNull();
    }
  });
});
