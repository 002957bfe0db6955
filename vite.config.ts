import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { billOfMaterials } from './scripts/bom-plugin.ts';
import { contentPolicy } from './scripts/content-policy.ts';
import { noTasks } from './scripts/no-tasks-plugin.ts';
import { tutorial } from './scripts/tutorial-plugin.ts';
import { textFiles } from './scripts/text-files-plugin.ts';
import { wgsl } from './scripts/wgsl-plugin.ts';

/** The address of the source, from package.json; Help links to it, and shows no link where there is none. */
function repository(): string | null {
  const text = readFileSync(new URL('package.json', import.meta.url), 'utf8');
  const { repository: told } = JSON.parse(text) as { repository?: string | { url?: string } };
  const address = typeof told === 'string' ? told : told?.url;
  const plain = address?.replace(/^git\+/, '').replace(/\.git$/, '') ?? '';
  return /^https?:/.test(plain) ? plain : null;
}

/**
 * Where models are fetched from: an origin, and origins that it sends files from. Without one there is no page that fetches.
 */
const hub = process.env['SEARCH_R3_LAB_HUB'] ?? '';
const hubHosts = (process.env['SEARCH_R3_LAB_HUB_HOSTS'] ?? '').split(/\s+/).filter((host) => host !== '');

// `base: './'` makes the built page work from any host and any sub-path.
export default defineConfig({
  base: './',
  resolve: {
    alias: {
      // Its own writes <style> elements, which the page's policy refuses.
      'react-style-singleton': fileURLToPath(new URL('src/ui/kit/style-singleton.ts', import.meta.url)),
      // The GGUF reader takes two tables of numbers from it; the whole is a catalogue of every library and task of the hub.
      '@huggingface/tasks': fileURLToPath(new URL('node_modules/@huggingface/tasks/dist/esm/gguf.js', import.meta.url)),
    },
  },
  define: {
    REPOSITORY: JSON.stringify(repository()),
    HUB: JSON.stringify(hub === '' ? null : hub),
    HUB_HOSTS: JSON.stringify(hubHosts),
  },
  plugins: [
    wgsl(),
    textFiles(),
    noTasks(),
    react(),
    tutorial(),
    contentPolicy({ 'hub.html': { connect: [hub, ...hubHosts] } }),
    billOfMaterials({ write: true }),
  ],
  worker: {
    format: 'es',
    plugins: () => [wgsl(), textFiles(), billOfMaterials({ write: false })],
    // One file: of a worker that begins at a blob: address Firefox holds every further import to `worker-src`, which allows
    // nothing else.
    rolldownOptions: { output: { codeSplitting: false } },
  },
  build: {
    rolldownOptions: { input: ['index.html', 'speed.html', ...(hub === '' ? [] : ['hub.html'])] },
    target: 'es2022',
    sourcemap: true,
  },
});
