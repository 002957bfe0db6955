// `node scripts/bench.mjs NAME [ARGS]` bundles bench/NAME.ts and runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { vulkanEnvironment } from './vulkan.mjs';
import { textForEsbuild } from './text-files.mjs';
import { wgslForEsbuild } from './wgsl.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name = '', ...args] = process.argv.slice(2);
const source = join(root, 'bench', `${name}.ts`);
if (name === '' || !existsSync(source)) {
  process.stderr.write('usage: node scripts/bench.mjs NAME [ARGS], where bench/NAME.ts exists\n');
  process.exit(2);
}
const out = join(root, '.cache', `bench-${process.pid}.mjs`);
mkdirSync(dirname(out), { recursive: true });
await build({
  entryPoints: [source],
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
const { status, signal } = spawnSync(process.execPath, ['--enable-source-maps', out, ...args], {
  stdio: 'inherit',
  env: { ...process.env, ...vulkanEnvironment() },
});
rmSync(out, { force: true });
process.exit(signal ? 1 : (status ?? 1));
