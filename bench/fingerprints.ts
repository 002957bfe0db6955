/**
 * The fingerprint of every preset, cut to a few steps of each stage, of kin-quick as a whole and of tiny sessions for what
 * no preset uses: what no change of the code may change, on one adapter.
 *
 *   node scripts/bench.mjs fingerprints                writes docs/results/fingerprints.json and docs/fingerprints.md
 *   node scripts/bench.mjs fingerprints --check        compares, names the first that differs, exits 1
 *   … --only NAME,NAME                                 those that begin so, as `tiny` or `kin-quick`
 */
import { existsSync } from 'node:fs';
import { openGpu } from '../src/host/node/gpu';
import { writeResults } from './long-runs';
import { commitNow, today } from './record';
import { adapterKey, readFingerprints, RESULTS, type FingerprintsFile } from './recorded-fingerprints';
import { allSessions, difference, runShort, type ShortResult } from './short-sessions';

const isCheck = process.argv.includes('--check');
const at = process.argv.indexOf('--only');
const only = at < 0 ? [''] : (process.argv[at + 1] ?? '').split(',');
const chosen = allSessions().filter(({ name }) => only.some((start) => name.startsWith(start)));
if (chosen.length === 0) throw new Error(`--only: no session begins with ${only.join(' or ')}`);

const file: FingerprintsFile = existsSync(RESULTS) ? readFingerprints() : { adapters: {} };
const gpu = await openGpu();
const key = adapterKey(gpu);
const known = file.adapters[key]?.sessions ?? {};
if (isCheck && !file.adapters[key]) throw new Error(`${RESULTS} has nothing of this adapter, ${key}`);

const results: Record<string, ShortResult> = {};
let differing = 0;
let compared = 0;
for (const { name, session } of chosen) {
  const recorded = known[name];
  if (isCheck && !recorded) {
    process.stdout.write(`${name}: not recorded on this adapter\n`);
    continue;
  }
  const begun = performance.now();
  const found = await runShort(gpu, session);
  results[name] = found;
  const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  const parted = isCheck && recorded ? difference(found, recorded) : null;
  if (parted) differing += 1;
  compared += 1;
  process.stdout.write(`${name}: ${parted ?? found.fingerprint.slice(0, 12)} (${seconds})\n`);
  // The first is enough to look for; what comes after it would only take time.
  if (parted) break;
}
gpu.destroy();

if (isCheck) {
  process.stdout.write(
    differing ? 'fingerprints: another result\n' : `fingerprints: ${compared} as recorded on ${key}\n`,
  );
  process.exitCode = differing ? 1 : 0;
} else {
  const swiftshader = /swiftshader/i.test(key) ? 'LAB_ADAPTER=swiftshader ' : '';
  const choice = at < 0 ? '' : ` --only ${only.join(',')}`;
  file.adapters[key] = {
    command: `${swiftshader}node scripts/bench.mjs fingerprints${choice}`,
    commit: commitNow(),
    date: today(),
    sessions: { ...known, ...results },
  };
  const tables = Object.entries(file.adapters).flatMap(([adapter, { command, commit, date, sessions }]) => [
    `## ${adapter}`,
    '',
    `\`${command}\`, ${date}, commit ${commit}.`,
    '',
    '| session | steps | fingerprint |',
    '|---|---|---|',
    ...Object.entries(sessions).map(
      ([name, { fingerprint, steps }]) => `| ${name} | ${steps.split(' ').length} | \`${fingerprint.slice(0, 12)}\` |`,
    ),
    '',
  ]);
  writeResults('fingerprints', file, [
    '# Fingerprints that stay',
    '',
    'Every preset cut to a few steps of each of its stages, kin-quick as a whole, and tiny sessions for what no preset uses (`bench/short-sessions.ts`). The same code gives the same fingerprint on the same adapter; a change that moves one says so, and why. `node scripts/bench.mjs fingerprints --check` compares, CI compares the tiny ones.',
    '',
    ...tables,
  ]);
}
