// Finds a browser on this machine, and installs Debian's where that can be done; shared by Chromium and Firefox.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of an installed program: what `variable` in the environment names first, then PATH, then `places`; null without one. */
export function findBrowser({ variable, names, places }) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env[variable], ...programs, ...places].find((path) => path && existsSync(path)) ?? null;
}

/**
 * Sees to it that there is one; says in one line why it could not. Returns its path or null.
 * @param browser.title as people call it; @param browser.purpose what it runs; @param browser.debian the package's name;
 * @param browser.without what its absence means, behind a comma; may be empty.
 */
export function setupBrowser(browser) {
  const found = findBrowser(browser);
  if (found !== null) return found;
  const { title, purpose, debian, variable, without } = browser;
  const say = (text) => process.stderr.write(`setup: ${text}\n`);
  const how = `install ${title} (Debian: \`apt-get install ${debian}\`) or set ${variable} to its path`;
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0;
  if (!canInstall || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).error) {
    say(`warning: no ${title} for ${purpose}${without ? `, which ${without}` : ''}; ${how}`);
    return null;
  }
  say(`installing ${title} for ${purpose}`);
  const run = (args) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 900_000,
    }).status === 0;
  const installed = run(['update']) && run(['install', '-y', '--no-install-recommends', debian]);
  const path = findBrowser(browser);
  if (!installed || path === null) {
    say(`warning: ${title} could not be installed${without ? `, its journeys ${without}` : ''}; ${how}`);
  }
  return path;
}
