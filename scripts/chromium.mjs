// Finds the Chromium that runs the browser tests, and installs Debian's where that can be done.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of an installed Chromium or Chrome, CHROMIUM in the environment first; null where there is none. */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM, ...programs, ...PLACES].find((path) => path && existsSync(path)) ?? null;
}

/** The same; @throws where there is none. */
export function requireChromium() {
  const path = findChromium();
  if (path === null) throw new Error('no Chromium, expected one as for the journeys');
  return path;
}

/** WebGPU in a browser without graphics hardware, and silence towards the network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Sees to it that there is a Chromium; says in one line why it could not. Returns its path or null. */
export function setupChromium() {
  const found = findChromium();
  if (found !== null) return found;
  const say = (text) => process.stderr.write(`setup: ${text}\n`);
  const how = 'install Chromium (Debian: `apt-get install chromium`) or set CHROMIUM to its path';
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0;
  if (!canInstall || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).error) {
    say(`warning: no Chromium for the browser tests; ${how}`);
    return null;
  }
  say('installing Chromium for the browser tests');
  const run = (args) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 900_000,
    }).status === 0;
  const installed = run(['update']) && run(['install', '-y', '--no-install-recommends', 'chromium']);
  const path = findChromium();
  if (!installed || path === null) say(`warning: Chromium could not be installed; ${how}`);
  return path;
}
