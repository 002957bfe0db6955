// Bundles a program of this repository, its shaders and texts with it, and runs it in Node.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { textForEsbuild } from './text-files.mjs';
import { repositoryRoot, vulkanEnvironment } from './vulkan.mjs';
import { wgslForEsbuild } from './wgsl.mjs';

/** Bundles the file at `source`, a path inside the repository. Returns the bundle's path; the caller removes it. */
export async function bundle(source) {
  const outfile = join(repositoryRoot, '.cache', `${basename(source, '.ts')}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(repositoryRoot, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    plugins: [wgslForEsbuild, textForEsbuild],
    logLevel: 'error',
  });
  return outfile;
}

/** Runs the program at `source` with `args`; `env` is added to the environment. Returns its exit status, 1 after a signal. */
export async function runBundled(source, args, { cwd = process.cwd(), env = {} } = {}) {
  const file = await bundle(source);
  const { status, signal } = spawnSync(process.execPath, ['--enable-source-maps', file, ...args], {
    stdio: 'inherit',
    cwd,
    // Vulkan's folder is set here because the dynamic linker reads its path when a process starts, and never again.
    env: { ...process.env, ...vulkanEnvironment(), ...env },
  });
  rmSync(file, { force: true });
  return signal ? 1 : (status ?? 1);
}
