import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { killed } from '../../../bench/kill-session';
import { testWithDevice } from '../../gpu/testing';

const KILLS = 3;
const root = mkdtempSync(join(tmpdir(), 'kills-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the command in a process of its own, until its end or until it is killed. @returns whether it came to its end. */
function run(session: string, out: string, limit: number): Promise<boolean> {
  const child = spawn(process.execPath, ['scripts/lab.mjs', 'run', session, '--out', out, '--resume'], {
    stdio: 'ignore',
    // A group of its own: the script and the process that computes die together.
    detached: true,
  });
  let isKilled = false;
  const timer = setTimeout(() => {
    isKilled = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, limit);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (!isKilled && code !== 0) reject(new Error(`the run ended with ${code}`));
      else resolve(!isKilled);
    });
  });
}

/** A timer takes no longer than this. */
const ENDLESS = 2 ** 31 - 1;
const files = (out: string) =>
  ['fingerprint.json', 'dev.jsonl', 'traces.jsonl', 'graph.jsonl', 'evaluation.json'].map((name) =>
    readFileSync(join(out, name), 'utf8'),
  );

describe('a run that is killed at any moment', () => {
  testWithDevice(
    'goes on with --resume and ends with the files of one that never was',
    async () => {
      const session = join(root, 'session.json');
      writeFileSync(session, JSON.stringify(killed));
      const begun = performance.now();
      expect(await run(session, join(root, 'whole'), ENDLESS)).toBe(true);
      const ms = performance.now() - begun;
      const out = join(root, 'killed');
      // Twenty at moments drawn at random: bench/kills.ts.
      for (let kill = 0; kill < KILLS; kill++) {
        if (await run(session, out, ms * (0.3 + 0.4 * Math.random()))) break;
      }
      expect(await run(session, out, ENDLESS)).toBe(true);
      expect(files(out)).toEqual(files(join(root, 'whole')));
    },
    { timeout: 300_000 },
  );
});
