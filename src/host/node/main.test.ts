import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasShared, sharedJson, sharedPath } from '../../formats/shared.test-data';
import { commands } from './commands';

const script = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));

function lab(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...argv], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-'));
  writeFileSync(join(folder, 'odd.trec'), 'q Q0\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the command line', { timeout: 60_000 }, () => {
  it.each([
    [[], /^lab: no command, expected one of /],
    [['nonsense'], /^lab: unknown command nonsense, expected one of .*score.*bm25/],
    [['constructor'], /unknown command/],
    [['line\nbreak'], /unknown command line break/],
    [['score'], /^--run: missing, expected: lab score --run FILE/],
    [['bm25', '--data', 'x', '--split', 'test', '--k1', '2'], /^--k1: unknown flag/],
    [['bm25', '--data', 'not there', '--split', 'test'], /^not there: no such file, expected a folder in BEIR layout/],
    [['run', 'kin-quick', '--out', 'x', '--fork', '0'], /^--fork: "0", expected a whole number from 1 to/],
    [['run', 'kin-quick', '--out', 'x', '--fork', '999'], /^--fork: a fork at step 999, expected one from 1 to 480, the last of its parent/], // prettier-ignore
    [['share', 'kin-quick', '--fork', '210', '--set', 'seed=2'], /^--fork: seed is 2, expected the parent's 1, because all that is drawn/], // prettier-ignore
    [
      ['publish', 'not there', '--out', 'x'],
      /^(not there: not there, expected a run's folder|dist.index.html: not there)/,
    ],
    [
      ['export', 'text', '--to', 'accelerate', '--out', 'x'],
      /^session: task.corpus is "", expected the hash of the documents/,
    ],
    [
      ['export', 'text', '--to', 'accelerate', '--out', 'x', '--set', `task.corpus=${'ab'.repeat(32)}`],
      /^--data: missing, expected the folder or corpus.jsonl/,
    ],
    [['bench', 'roofline', 'kin-quick'], /^--device: missing, expected: lab bench roofline\|profile SESSION/],
    [['bench', 'roofline', 'kin-quick', '--device', 'm9'], /^--device: "m9", expected one of m2, m4-max, rtx-4070, /],
    [['bench', 'tune', 'kin-quick'], /^"kin-quick": unexpected argument, expected: lab bench tune\n$/],
    [['bench', 'speed', 'kin-quick', '--device', 'm2'], /^bench: "speed", expected roofline or profile/],
    [['import', 'src', '--out', 'x'], /^src: no hand-over.json, expected the folder run\/ that train.py wrote/],
    [['publish', 'src', '--out', 'src'], /^--out: src is not empty, expected a new folder/],
  ])('%j is bad input: one line, exit 2', (argv, message) => {
    const { status, stdout, stderr } = lab(...argv);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });

  it('names the file and line of a bad run', () => {
    const file = join(folder, 'odd.trec');
    const { status, stderr } = lab('score', '--run', file, '--data', folder, '--split', 'test');
    expect(status).toBe(2);
    expect(stderr).toContain(`${file}, line 1: 2 fields, expected six`);
  });

  it.each([['help'], ['--help']])('%s names every command', (word) => {
    const { status, stdout, stderr } = lab(word);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    for (const name of Object.keys(commands)) expect(stdout).toContain(`\n  ${name} `);
  });

  it.each(Object.entries(commands))('%s has a module', async (_, command) => {
    expect(await command.load()).toHaveProperty('default');
  });

  it.skipIf(!hasShared('data'))('score and bm25 print the reference metrics', () => {
    const data = ['--data', sharedPath('data/cranfield'), '--split', 'test'];
    const reference = sharedJson('data/cranfield/bm25.test.json');
    for (const argv of [
      ['bm25', ...data],
      ['score', '--run', sharedPath('data/cranfield/bm25.test.trec'), ...data],
    ]) {
      const { status, stdout } = lab(...argv);
      expect(status).toBe(0);
      const printed: unknown = JSON.parse(stdout, (_, value: unknown) =>
        typeof value === 'number' ? Number(value.toFixed(5)) : value,
      );
      expect(printed).toMatchObject(reference ?? {});
    }
  });
});
