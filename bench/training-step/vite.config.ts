import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { wgsl } from '../../scripts/wgsl-plugin.ts';

// Apart from the product's configuration, so that no peer is ever part of what dist/ holds.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  publicDir: false,
  plugins: [wgsl()],
  build: {
    target: 'es2022',
    outDir: fileURLToPath(new URL('../../.cache/bench-training-step', import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 4096,
  },
});
