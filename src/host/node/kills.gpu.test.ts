import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { runUntil } from '../../../bench/killed-run';
import { INTERRUPTED } from '../../config/seconds.test-data';
import { testWithDevice } from '../../gpu/testing';

const KILLS = 3;
const root = mkdtempSync(join(tmpdir(), 'kills-'));
afterAll(() => rmSync(root, { recursive: true }));

const files = (out: string) =>
  ['fingerprint.json', 'dev.jsonl', 'traces.jsonl', 'graph.jsonl', 'evaluation.json'].map((name) =>
    readFileSync(join(out, name), 'utf8'),
  );

describe('a run that is killed at any moment', () => {
  testWithDevice(
    'goes on with --resume and ends with the files of one that never was',
    async () => {
      const session = join(root, 'session.json');
      writeFileSync(session, JSON.stringify(INTERRUPTED));
      const { ms } = await runUntil(session, join(root, 'whole'));
      const out = join(root, 'killed');
      // Twenty at moments drawn at random: bench/kills.ts.
      for (let kill = 0; kill < KILLS; kill++) {
        const { isKilled } = await runUntil(session, out, ms * (0.3 + 0.4 * Math.random()));
        if (!isKilled) break;
      }
      await runUntil(session, out);
      expect(files(out)).toEqual(files(join(root, 'whole')));
    },
    { timeout: 300_000 },
  );
});
