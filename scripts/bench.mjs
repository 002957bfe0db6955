// `node scripts/bench.mjs NAME [ARGS]` bundles bench/NAME.ts and runs it. `--small` runs its small version (bench/small.ts) in a
// folder of links to this one, with copies of what scripts write, that is thrown away.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { vulkanEnvironment } from './vulkan.mjs';
import { textForEsbuild } from './text-files.mjs';
import { wgslForEsbuild } from './wgsl.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name = '', ...given] = process.argv.slice(2);
const isSmall = given.includes('--small');
const args = given.filter((one) => one !== '--small');
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
/** Folders that scripts write into; runs/ is empty there. */
const WRITTEN = ['docs', 'src'];
const thrownAway = join(root, '.cache', `small-${process.pid}`);
if (isSmall) {
  mkdirSync(join(thrownAway, 'runs'), { recursive: true });
  for (const entry of readdirSync(root)) {
    if (WRITTEN.includes(entry)) cpSync(join(root, entry), join(thrownAway, entry), { recursive: true });
    else if (!['.cache', '.git', 'runs'].includes(entry)) symlinkSync(join(root, entry), join(thrownAway, entry));
  }
}
const small = isSmall ? { LAB_BENCH_SMALL: '1' } : {};
const { status, signal } = spawnSync(process.execPath, ['--enable-source-maps', out, ...args], {
  stdio: 'inherit',
  cwd: isSmall ? thrownAway : process.cwd(),
  env: { ...process.env, ...vulkanEnvironment(), ...small },
});
rmSync(out, { force: true });
rmSync(thrownAway, { recursive: true, force: true });
process.exit(signal ? 1 : (status ?? 1));
