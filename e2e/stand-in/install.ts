import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Page } from 'playwright/test';
import { textForEsbuild } from '../../scripts/text-files.mjs';
import { wgslForEsbuild } from '../../scripts/wgsl.mjs';
import type { Script } from './engine';

let bundled: Promise<string> | undefined;

/** Gives a page the scripted engine in the GPU's place. Call it before the page is opened. */
export async function withStandIn(page: Page, script: Script = {}): Promise<void> {
  bundled ??= bundle();
  const body = `self.SCRIPT = ${JSON.stringify(script)};\n${await bundled}`;
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
    plugins: [wgslForEsbuild, textForEsbuild, withoutNode],
  });
  return outputFiles[0]!.text;
}

/** What a package has for Node is not there in a browser, as in the build of the page. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup(build) {
    const filter = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'without-node' }));
    build.onLoad({ filter: /.*/, namespace: 'without-node' }, () => ({ contents: 'module.exports = {};' }));
  },
};
