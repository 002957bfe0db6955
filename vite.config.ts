import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { billOfMaterials } from './scripts/bom-plugin.ts';
import { contentPolicy } from './scripts/content-policy.ts';
import { tutorial } from './scripts/tutorial-plugin.ts';
import { textFiles } from './scripts/text-files-plugin';
import { wgsl } from './scripts/wgsl-plugin.ts';

/** Where the source is, by package.json; Help leads there, and shows no link where it is not told. */
function repository(): string | null {
  const text = readFileSync(new URL('package.json', import.meta.url), 'utf8');
  const { repository: told } = JSON.parse(text) as { repository?: string | { url?: string } };
  const address = typeof told === 'string' ? told : told?.url;
  const plain = address?.replace(/^git\+/, '').replace(/\.git$/, '') ?? '';
  return /^https?:/.test(plain) ? plain : null;
}

// `base: './'` makes the built page work from any host and any sub-path.
export default defineConfig({
  base: './',
  // Its own writes <style> elements, which the page's policy refuses.
  resolve: {
    alias: { 'react-style-singleton': fileURLToPath(new URL('src/ui/kit/style-singleton.ts', import.meta.url)) },
  },
  define: { REPOSITORY: JSON.stringify(repository()) },
  plugins: [wgsl(), textFiles(), react(), tutorial(), contentPolicy(), billOfMaterials({ write: true })],
  worker: {
    format: 'es',
    plugins: () => [wgsl(), textFiles(), billOfMaterials({ write: false })],
    // One file: of a worker that begins at a blob: address Firefox holds every further import to `worker-src`, which allows
    // nothing else.
    rolldownOptions: { output: { codeSplitting: false } },
  },
  build: { target: 'es2022', sourcemap: true },
});
