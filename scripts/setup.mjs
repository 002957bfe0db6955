// `npm run setup`: installs all that the command line needs: the packages, and a software Vulkan driver where there is
// no graphics hardware. Does nothing, quickly, when all is there. `--private-driver` unpacks the driver even where the
// system has one that will do.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setupLavapipe } from './lavapipe.mjs';
import { repositoryRoot } from './vulkan.mjs';

/** Installs the packages when they are missing or older than package-lock.json; true when they are there afterwards. */
export function setupPackages() {
  const lock = join(repositoryRoot, 'package-lock.json');
  // npm writes this file last, so an installation that was interrupted is seen as missing.
  const installed = join(repositoryRoot, 'node_modules', '.package-lock.json');
  const fresh = existsSync(installed) && (!existsSync(lock) || statSync(installed).mtimeMs >= statSync(lock).mtimeMs);
  if (fresh) return true;
  process.stderr.write('setup: installing the packages\n');
  // `npm install` where packages stand already: it takes what is there, where `npm ci` starts from nothing. It is the second
  // try too, for registries that lack a package for some other platform, which `npm ci` insists on.
  const attempts =
    existsSync(lock) && !existsSync(installed) ? [['ci'], ['install', '--no-save']] : [['install', '--no-save']];
  for (const args of attempts) {
    const result = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: repositoryRoot,
      // stdout belongs to the results of whoever called; NODE_ENV=production would leave the tools out.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: 'development' },
      shell: process.platform === 'win32', // npm is a batch file there
      timeout: 900_000,
    });
    if (result.status === 0) return true;
  }
  process.stderr.write('setup: npm could not install the packages; is the package registry within reach?\n');
  return false;
}

// Started, not imported; the path it was started by may hold a symbolic link.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (!setupPackages()) process.exit(1);
  setupLavapipe({ force: process.argv.includes('--private-driver') });
}
