// Finds the Firefox that runs the journeys of e2e-firefox/, installs Debian's where that can be done, and says how to start it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { vulkanEnvironment } from './vulkan.mjs';

const NAMES = ['firefox-esr', 'firefox'];
const PLACES = ['/Applications/Firefox.app/Contents/MacOS/firefox'];

/** Path of an installed Firefox, FIREFOX in the environment first; null where there is none. */
export function findFirefox() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.FIREFOX, ...programs, ...PLACES].find((path) => path && existsSync(path)) ?? null;
}

/** WebGPU on Linux and on an adapter that computes on the processor, and silence towards the network. */
export const firefoxPreferences = {
  'dom.webgpu.enabled': true,
  'dom.webgpu.workers.enabled': true,
  'gfx.webgpu.ignore-blocklist': true,
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

/** What puppeteer-core needs to start it: headless, on the Vulkan driver that Node's tests use. @throws where there is none */
export function firefoxLaunch() {
  const executablePath = findFirefox();
  if (executablePath === null) throw new Error('no Firefox, expected one as for the journeys');
  return {
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: firefoxPreferences,
    env: { ...process.env, ...vulkanEnvironment() },
  };
}

/** Sees to it that there is a Firefox; says in one line why it could not. Returns its path or null. */
export function setupFirefox() {
  const found = findFirefox();
  if (found !== null) return found;
  const say = (text) => process.stderr.write(`setup: ${text}\n`);
  const how = 'install Firefox (Debian: `apt-get install firefox-esr`) or set FIREFOX to its path';
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0;
  if (!canInstall || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).error) {
    say(`warning: no Firefox for its journeys, which are skipped; ${how}`);
    return null;
  }
  say('installing Firefox for its journeys');
  const run = (args) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 900_000,
    }).status === 0;
  const installed = run(['update']) && run(['install', '-y', '--no-install-recommends', 'firefox-esr']);
  const path = findFirefox();
  if (!installed || path === null) say(`warning: Firefox could not be installed, its journeys are skipped; ${how}`);
  return path;
}
