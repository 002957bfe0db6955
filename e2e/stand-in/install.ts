import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright/test';

let script: Promise<string> | undefined;

/**
 * Gives a page the scripted worker in the engine's place. Call it before the page is opened.
 * @param before runs in the worker first.
 */
export async function withStandIn(page: Page, before = ''): Promise<void> {
  script ??= bundle();
  const body = before + (await script);
  await page.route('**/assets/worker-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('worker.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    write: false,
    loader: { '.wgsl': 'text' },
  });
  return outputFiles[0]!.text;
}
