// `npm run audit`: checks whether the packages that the built page and the command line are made of have known faults.
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './vulkan.mjs';

/** From moderate on: what is less is told by the registry's own command, `npm audit`. */
const LEVELS = ['moderate', 'high', 'critical'];

/**
 * Describes npm's report in a sentence.
 * @param text what `npm audit --json` wrote @returns outcome `skipped` where the registry did not answer, which many
 * mirrors do not
 */
export function judge(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    report = null;
  }
  const counts = report?.metadata?.vulnerabilities;
  if (typeof counts !== 'object' || counts === null) {
    const why = report?.message ?? report?.error?.summary ?? 'npm gave no report';
    return {
      outcome: 'skipped',
      says: `audit: the registry did not answer, so nothing is known: ${why.split(' - ')[0]}`,
    };
  }
  const found = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) => LEVELS.includes(severity));
  if (found.length === 0) return { outcome: 'passed', says: 'audit: no known faults in what the page is made of' };
  const named = found.map(({ name, severity, range }) => `${name} ${range} (${severity})`).join(', ');
  return { outcome: 'failed', says: `audit: known faults in ${named}` };
}

/** Asks the registry about the packages that are installed for use, not those for building and testing. */
export function audit() {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    shell: process.platform === 'win32', // npm is a batch file there
    timeout: 120_000,
  });
  return judge(stdout ?? '');
}

// Started, not imported; the path it was started by may hold a symbolic link.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { outcome, says } = audit();
  process.stdout.write(`${says}\n`);
  process.exitCode = outcome === 'failed' ? 1 : 0;
}
