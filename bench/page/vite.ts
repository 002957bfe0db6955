import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';
import { wgsl } from '../../scripts/wgsl-plugin.ts';

/** How the page of a benchmark is built: apart from the product, so that no peer is ever part of what dist/ holds. */
export const benchPage = (name: string): UserConfig =>
  defineConfig({
    root: fileURLToPath(new URL(`../${name}`, import.meta.url)),
    base: './',
    publicDir: false,
    plugins: [wgsl()],
    build: {
      target: 'es2022',
      outDir: fileURLToPath(new URL(`../../.cache/bench-${name}`, import.meta.url)),
      emptyOutDir: true,
      chunkSizeWarningLimit: 4096,
    },
  });
