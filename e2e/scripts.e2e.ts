import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'playwright/test';

const run = promisify(execFile);

/**
 * The small versions of the scripts whose figures take a browser: each script, its arguments, and what it says at its
 * end. `src/bench.gpu.test.ts` has those that take none; heap, frames, shards and peers have journeys of their own.
 */
const SCRIPTS: readonly (readonly [command: string, says: RegExp])[] = [
  ['cold-start 1', /^$/],
  ['main-thread', /"clock": \{\s*"longest_ms": \d/],
  ['soak-page chromium 0.3', /"growth":\{"all":/],
  ['kills-page chromium 1 1', /2 of 2.*the reference fingerprint/],
  ['away-page 1 1', /the same fingerprint, 0 interruptions/],
  ['hidden-page 0.05', /"interruptions":0,"status":"running"/],
];

for (const [command, says] of SCRIPTS) {
  test(`the small version of ${command}`, async () => {
    const script = ['scripts/bench.mjs', ...command.split(' '), '--small'];
    const { stdout } = await run(process.execPath, script, { maxBuffer: 1 << 26 });
    expect(stdout).toMatch(says);
  });
}
