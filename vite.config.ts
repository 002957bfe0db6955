import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { tutorial } from './scripts/tutorial-plugin.ts';
import { wgsl } from './scripts/wgsl-plugin.ts';

// `base: './'` makes the built page work from any host and any sub-path.
export default defineConfig({
  base: './',
  plugins: [wgsl(), react(), tutorial()],
  worker: { format: 'es', plugins: () => [wgsl()] },
  build: { target: 'es2022', sourcemap: true },
});
