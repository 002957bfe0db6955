// Runs the command line from its sources: bundles src/host/node/main.ts (a tenth of a second) and starts it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textForEsbuild } from './text-files.mjs';
import { vulkanEnvironment } from './vulkan.mjs';
import { wgslForEsbuild } from './wgsl.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { build } = await import('esbuild').catch(() => {
  process.stderr.write('lab: its packages are not installed; run `npm run setup` first\n');
  process.exit(2);
});

const out = join(root, '.cache', `lab-${process.pid}.mjs`);
mkdirSync(dirname(out), { recursive: true });
await build({
  entryPoints: [join(root, 'src/host/node/main.ts')],
  outfile: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  plugins: [wgslForEsbuild, textForEsbuild],
  logLevel: 'error',
});
const { status, signal } = spawnSync(process.execPath, ['--enable-source-maps', out, ...process.argv.slice(2)], {
  stdio: 'inherit',
  // Set here because the dynamic linker reads its path when a process starts, and never again.
  env: { ...process.env, ...vulkanEnvironment() },
});
rmSync(out, { force: true });
process.exit(signal ? 1 : (status ?? 1));
