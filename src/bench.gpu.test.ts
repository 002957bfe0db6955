import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { testWithDevice } from './gpu/testing';

const run = promisify(execFile);

/**
 * The small versions of the scripts that make the figures of docs/: each script, its arguments, and the words that it
 * must end with. Scripts with a test of their own are left out, and those that need weights which CI does not have.
 */
const SCRIPTS: readonly (readonly [command: string, says: RegExp])[] = [
  ['kin', /\| \*\*mean of 1 reasoning runs\*\* \|/],
  ['kin-rl', /\| 3 \| stage 2 \|/],
  ['atlas atlas-facts-rl-1', /\| 1 \| before stage 2 \|/],
  ['cranfield public/example', /\| fusion with reasoning \|/],
  ['closed-loop', /\| \*\*local\*\* \| 5% \| \.\d+ \|/],
  ['stage2-speed', /\| recall@10 \|/],
  ['gallery', /cards in src/],
  ['recompute', /"same_bits": true/],
  ['large-vocabulary', /"within_tolerance": true/],
  ['rank-while-thinking', /"share_of_training": 0\.\d+/],
  ['fingerprint-cost', /"sft": \{\s*"steps": 2/],
  ['refresh-policies', /"policy":"local".*recall@10 0\.\d+/],
  ['graph-recall small', /ef 256: recall@10 1\.0000/],
  ['losses 1', /"losses":1,/],
  ['soak 0.1', /"buffers_left_at_the_end":0/],
  ['real-model made-up 8', /"ratio": 1\.\d+/],
  ['profile-step small 1', /matmul/],
  ['linear', /^$/],
  ['roofline', /^$/],
  ['roofline-measured', /^$/],
  ['half', /^$/],
  ['tables', /^$/],
];

describe('the small version of', () => {
  for (const [command, says] of SCRIPTS) {
    testWithDevice(
      command,
      async () => {
        const script = ['scripts/bench.mjs', ...command.split(' '), '--small'];
        const { stdout } = await run(process.execPath, script, { maxBuffer: 1 << 26 });
        expect(stdout).toMatch(says);
      },
      { timeout: 300_000 },
    );
  }
});
