import { defineConfig } from 'vitest/config';
import { textFiles } from './scripts/text-files-plugin.ts';
import { vulkanEnvironment } from './scripts/vulkan.mjs';
import { wgsl } from './scripts/wgsl-plugin.ts';

// The gpu project runs in forked processes: they inherit this at their start, when the dynamic linker reads its path.
Object.assign(process.env, vulkanEnvironment());

export default defineConfig({
  plugins: [wgsl(), textFiles()],
  // The package's main file is CommonJS under the name of a module, which Node refuses.
  resolve: { alias: { wgsl_reflect: 'wgsl_reflect/wgsl_reflect.module.js' } },
  test: {
    projects: [
      {
        extends: true,
        // Property tests take seconds on a busy machine. Vitest leaves one core free, which on two halves the speed.
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: ['src/**/*.gpu.test.ts'],
          maxWorkers: '100%',
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        // One device at a time: the software adapter uses every core by itself.
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // The built page in one browser: `npm run build` first.
        test: {
          name: 'firefox',
          include: ['e2e-firefox/**/*.test.ts'],
          // As of the journeys in Chromium.
          retry: 1,
          fileParallelism: false,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
