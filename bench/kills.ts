/**
 * Runs that are killed at random moments and gone on with, on the command line: each ends with the fingerprint of one that
 * never was, and no checkpoint is ever unreadable.
 *
 *   node scripts/bench.mjs kills [KILLS]    20 unless told; writes docs/results/kills.json
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { killed } from './kill-session';

const KILLS = Number(process.argv[2] ?? 20);
const root = mkdtempSync(join(tmpdir(), 'kills-'));
const file = join(root, 'session.json');
writeFileSync(file, JSON.stringify(killed));

/** Starts the command in a group of its own: the script and the process that computes die together. */
const start = (out: string): ChildProcess =>
  spawn(process.execPath, ['scripts/lab.mjs', 'run', file, '--out', out, '--resume'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });

/** @returns milliseconds until its end, or until it was killed after `limit` of them; throws where it fails by itself. */
function run(out: string, limit = Infinity): Promise<{ ms: number; isKilled: boolean }> {
  const begun = performance.now();
  const child = start(out);
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said = String(text)));
  let isKilled = false;
  const timer =
    limit === Infinity
      ? undefined
      : setTimeout(() => {
          isKilled = true;
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        }, limit);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (!isKilled && code !== 0) reject(new Error(`the run ended with ${code}: ${said}`));
      else resolve({ ms: performance.now() - begun, isKilled });
    });
  });
}

const fingerprintOf = (out: string): string =>
  v.parse(v.object({ fingerprint: v.string() }), JSON.parse(readFileSync(join(out, 'fingerprint.json'), 'utf8')))
    .fingerprint;

const { ms } = await run(join(root, 'reference'));
const reference = fingerprintOf(join(root, 'reference'));
process.stdout.write(`reference: ${reference.slice(0, 12)} in ${(ms / 1000).toFixed(1)} s\n`);
let kills = 0;
let runs = 0;
let differing = 0;
for (let round = 0; kills < KILLS; round++) {
  const out = join(root, `run-${round}`);
  runs += 1;
  // A run is killed up to four times, at any moment of its life, the start of the process among them.
  for (let times = 0; times < 4 && kills < KILLS; times++) {
    const { isKilled } = await run(out, 200 + Math.random() * ms);
    if (!isKilled) break;
    kills += 1;
  }
  await run(out);
  const same = fingerprintOf(out) === reference;
  if (!same) differing += 1;
  process.stdout.write(
    `run ${round}: ${kills} kills so far, ${same ? 'the reference fingerprint' : 'ANOTHER fingerprint'}\n`,
  );
}
rmSync(root, { recursive: true });
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
const result = {
  command: `node scripts/bench.mjs kills ${KILLS}`,
  commit: git('rev-parse', '--short', 'HEAD'),
  session_seconds: ms / 1000,
  kills,
  runs,
  differing,
};
mkdirSync('docs/results', { recursive: true });
if (KILLS >= 20) writeFileSync('docs/results/kills.json', `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = differing > 0 ? 1 : 0;
