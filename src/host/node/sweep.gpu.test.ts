import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { secondsSession } from '../../config/seconds.test-data';
import { testWithDevice } from '../../gpu/testing';

const root = mkdtempSync(join(tmpdir(), 'sweep-'));
afterAll(() => rmSync(root, { recursive: true }));

const session = join(root, 'session.json');
writeFileSync(session, JSON.stringify(secondsSession({ grpo: { steps: 0 }, checkpoint: { every: 2 } })));

interface Worker {
  kill: () => void;
  ended: Promise<{ code: number | null; said: string; result: string }>;
}

/** A process of its own, with all that it starts. */
function worker(out: string, ...more: string[]): Worker {
  const args = ['scripts/lab.mjs', 'sweep', session, '--out', out, '--lease', '3', ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  let result = '';
  child.stderr.on('data', (text: Buffer) => (said += String(text)));
  child.stdout.on('data', (text: Buffer) => (result += String(text)));
  const ended = new Promise<{ code: number | null; said: string; result: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, said, result });
    });
  });
  return { kill: () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), ended };
}

const SWEEP = ['--set', 'sft.learning_rate=0.001,0.002,0.003,0.004', '--seeds', '1..3'];

describe('a sweep', () => {
  testWithDevice(
    'of 12 runs by 4 workers, two of them killed, has 12 results, none twice',
    async () => {
      const out = join(root, 'shared');
      const leases = join(out, 'leases');
      const held = (generation: number) =>
        existsSync(leases) ? readdirSync(leases).filter((name) => name.endsWith(`.${generation}`)).length : 0;
      const victims = [worker(out, ...SWEEP), worker(out, ...SWEEP)];
      while (held(1) < 2) await new Promise((done) => setTimeout(done, 5));
      const others = [worker(out, ...SWEEP), worker(out, ...SWEEP)];
      for (const victim of victims) victim.kill();
      const [third, fourth] = await Promise.all(others.map(({ ended }) => ended));
      expect(held(2)).toBeGreaterThan(0);
      for (const { code, said } of [third!, fourth!]) expect([code, said]).toEqual([0, said]);
      const names = readdirSync(join(out, 'runs')).sort();
      expect(names).toHaveLength(12);
      // Who ended each: one worker, and never one that was killed before it did.
      const done = readdirSync(leases).filter((name) => name.endsWith('.done'));
      expect(done.map((name) => name.replace('.done', '')).sort()).toEqual(names);
      for (const name of names) {
        const lines = readFileSync(join(out, 'runs', name, 'metrics.jsonl'), 'utf8')
          .trim()
          .split('\n');
        expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([1, 2, 3, 4, 5, 6]);
        expect(existsSync(join(out, 'page', `${name}.run.zip`))).toBe(true);
      }
      const { table } = JSON.parse(third!.result) as { table: { ndcg_cut_10: Record<string, { seeds: number }> }[] };
      expect(table).toHaveLength(4);
      for (const row of table) expect(row.ndcg_cut_10['reasoning']!.seeds).toBe(3);

      // What was taken over has the bits of a run that nobody interrupted.
      const alone = join(root, 'alone');
      const { code } = await worker(alone, '--set', 'sft.learning_rate=0.001', '--seeds', '1').ended;
      expect(code).toBe(0);
      const [only] = readdirSync(join(alone, 'runs'));
      const bits = (folder: string) => readFileSync(join(folder, 'fingerprint.json'), 'utf8');
      expect(bits(join(out, 'runs', names[0]!))).toBe(bits(join(alone, 'runs', only!)));

      const other = await worker(out, '--set', 'sft.learning_rate=0.001', '--seeds', '1').ended;
      expect(other.code).toBe(2);
      expect(other.said).toMatch(/another sweep, expected an empty folder or one of this sweep/);
    },
    { timeout: 300_000 },
  );
});
