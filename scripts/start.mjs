// `npm start`: installs what is missing, builds the page when its sources are newer, serves it and opens it.
// `--no-open` leaves the browser alone; `--port N` begins its search for a free port there.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from './serve.mjs';
import { setupPackages } from './setup.mjs';
import { repositoryRoot } from './vulkan.mjs';

const SOURCES = [
  'src',
  'shaders',
  'public',
  'index.html',
  'vite.config.ts',
  'tsconfig.json',
  'package-lock.json',
  'scripts/wgsl-plugin.ts',
  'scripts/wgsl.mjs',
  'scripts/wgsl-layout.mjs',
];

/**
 * The time at which the newest file at or below a path was changed; folders count too, so that a removed file is
 * noticed.
 */
function newest(path) {
  if (!existsSync(path)) return 0;
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), entry.mtimeMs);
}

function build() {
  const page = join(repositoryRoot, 'dist', 'index.html');
  const changed = Math.max(...SOURCES.map((source) => newest(join(repositoryRoot, source))));
  if (existsSync(page) && statSync(page).mtimeMs >= changed) return true;
  process.stderr.write('start: building the page\n');
  const vite = join(repositoryRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  const result = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: repositoryRoot,
    stdio: ['ignore', 2, 2],
    timeout: 600_000,
  });
  return result.status === 0;
}

function open(url) {
  const desktop = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!desktop) return;
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  // Where no browser can be opened, the URL is on the terminal.
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

if (!setupPackages()) process.exit(1);
if (!build()) {
  process.stderr.write('start: the build failed\n');
  process.exit(1);
}
const at = process.argv.indexOf('--port');
const port = at < 0 ? 4173 : Number(process.argv[at + 1]);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  process.stderr.write(
    `start: --port: expected a whole number from 1 to 65535, found ${process.argv[at + 1] ?? 'nothing'}\n`,
  );
  process.exit(2);
}
const { url } = await serve({ port });
process.stdout.write(`Search-R3 Lab: ${url}  (Ctrl+C ends it)\n`);
if (!process.argv.includes('--no-open')) open(url);
