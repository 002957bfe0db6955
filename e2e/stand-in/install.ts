import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright/test';
import { wgslForEsbuild } from '../../scripts/wgsl.mjs';

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
  // From the repository's root, where benches are bundled to another place.
  const entry = resolve('e2e/stand-in/worker.ts');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [wgslForEsbuild],
  });
  return outputFiles[0]!.text;
}
