import { defineConfig } from 'vitest/config';
import { wgsl } from './scripts/wgsl-plugin.ts';

export default defineConfig({
  plugins: [wgsl()],
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.{ts,tsx}'], exclude: ['src/**/*.gpu.test.ts'] },
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
    ],
  },
});
