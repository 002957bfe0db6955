import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vite';
import base from '../../vite.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The page with the scripted worker in the engine's place, for looking at it: `vite --config e2e/stand-in/vite.config.ts`. */
export default mergeConfig(
  base,
  defineConfig({
    root,
    plugins: [
      {
        name: 'stand-in-worker',
        enforce: 'pre',
        transform: (code, id) =>
          id.endsWith('host/browser/worker-url.ts')
            ? { code: code.replace('./worker.ts?', '../../../e2e/stand-in/worker.ts?'), map: null }
            : null,
      },
    ],
    build: { outDir: '.cache/stand-in', emptyOutDir: true },
  }),
);
