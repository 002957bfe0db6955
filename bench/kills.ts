/**
 * Kills runs of the command line at random moments and continues them, or stops them for a while as a sleeping machine
 * does: each must end with the fingerprint of an uninterrupted run, and no checkpoint may be unreadable.
 *
 *   node scripts/bench.mjs kills [KILLS] [SLEEPS]    50 unless told; writes docs/results/kills.json
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { EVERY_STAGE } from '../src/config/seconds.test-data';
import { runUntil } from './killed-run';
import { writeInterruptions } from './interruptions';
import { commitNow, writeRecord } from './record';

const KILLS = Number(process.argv[2] ?? 50);
const SLEEPS = Number(process.argv[3] ?? Math.min(5, KILLS));
const root = mkdtempSync(join(tmpdir(), 'kills-'));
const file = join(root, 'session.json');
writeFileSync(file, JSON.stringify(EVERY_STAGE));

const fingerprintOf = (out: string): string =>
  v.parse(v.object({ fingerprint: v.string() }), JSON.parse(readFileSync(join(out, 'fingerprint.json'), 'utf8')))
    .fingerprint;

const { ms } = await runUntil(file, join(root, 'reference'));
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
    const { isKilled } = await runUntil(file, out, 200 + Math.random() * ms);
    if (!isKilled) break;
    kills += 1;
  }
  await runUntil(file, out);
  const same = fingerprintOf(out) === reference;
  if (!same) differing += 1;
  process.stdout.write(
    `run ${round}: ${kills} kills so far, ${same ? 'the reference fingerprint' : 'ANOTHER fingerprint'}\n`,
  );
}

/** Milliseconds for which all processes are stopped, as when a machine sleeps. */
const SLEEP_MS = 30_000;
const late: number[] = [];
for (let round = 0; round < SLEEPS; round++) {
  const out = join(root, `sleep-${round}`);
  const taken = await runUntil(file, out, Infinity, [(0.3 + 0.5 * Math.random()) * ms, SLEEP_MS]);
  late.push((taken.ms - SLEEP_MS - ms) / 1000);
  if (fingerprintOf(out) !== reference) throw new Error(`${out}: another fingerprint after a sleep`);
  process.stdout.write(`sleep ${round}: ${late.at(-1)!.toFixed(1)} s later than it would have ended\n`);
}
rmSync(root, { recursive: true });
const result = {
  command: `node scripts/bench.mjs kills ${KILLS} ${SLEEPS}`,
  commit: commitNow(),
  session_seconds: ms / 1000,
  sleeps: late.length,
  sleep_seconds: SLEEP_MS / 1000,
  late_seconds: late,
  kills,
  runs,
  differing,
};
if (KILLS >= 20) {
  writeRecord('kills', result);
  writeInterruptions();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = differing > 0 ? 1 : 0;
