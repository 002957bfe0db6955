import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { secondsSession } from '../../config/seconds.test-data';
import { testWithGpu } from '../../gpu/testing';
import { unpack } from '../../runs/pack';
import { readRunFile } from '../../runs/run-file';
import { archiveName, archiveOf } from './run-archive';

const lab = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));

testWithGpu('a run’s folder becomes the file that the page opens', async () => {
  const root = mkdtempSync(join(tmpdir(), 'search-r3-lab-'));
  try {
    const session = secondsSession({ title: 'Ours', pretrain: { steps: 2 }, sft: { steps: 3 }, grpo: { steps: 2 } });
    const folder = join(root, 'Our run, 1');
    const args = ['run', JSON.stringify(session), '--out', folder, '--set', 'grpo.steps=3', '--fork', '6'];
    const { stdout, stderr } = spawnSync(process.execPath, [lab, ...args], { encoding: 'utf8' });
    const { fingerprint } = JSON.parse(stdout) as { fingerprint: string };
    expect(stderr).toContain('step 6: the fork goes on by its own settings');

    const files = await unpack(new Blob([await archiveOf(folder, null)]));
    const run = readRunFile(files.get('run.json')!, 'run.json');
    expect(run).toMatchObject({ status: 'finished', checkpoints: [8], numerics: 1, claim: null });
    expect(run.session.grpo.steps).toBe(3);
    expect(run.adapter).not.toBe('');
    expect(run.fingerprint?.fingerprint).toBe(fingerprint);
    expect(run.fingerprint?.steps).toHaveLength(8);
    expect(run.ancestors).toMatchObject([{ step: 6, link: run.fingerprint!.steps[5], session: { title: 'Ours' } }]);
    expect(run.ancestors![0]!.session.grpo.steps).toBe(2);
    expect(run.plan).toMatchObject({ totalSteps: 8 });
    expect(run.curve.length).toBeGreaterThan(1);
    expect(Object.keys(run.evaluation ?? {})).toEqual(['dev', 'test']);
    for (const name of [
      'metrics.jsonl',
      'traces.jsonl',
      'graph.jsonl',
      'graph-start.json',
      'positions.bin',
      'about.json',
    ]) {
      expect(files.get(name)?.length, name).toBeGreaterThan(0);
    }
    expect([...files.keys()]).toEqual(expect.arrayContaining(['checkpoint/config.json', 'checkpoint/tokenizer.json', 'checkpoint/README.md'])); // prettier-ignore
    expect(archiveName(folder)).toBe('Our-run-1');
    await expect(archiveOf(root, null)).rejects.toThrow('without session.json and state.safetensors');

    // What the fork's folder names can be run again as it was: its settings, and what it is a fork of.
    const shared = spawnSync(process.execPath, [lab, 'share', folder], { encoding: 'utf8' });
    const { link } = JSON.parse(shared.stdout) as { link: string };
    const verified = spawnSync(process.execPath, [lab, 'verify', link, '--against', folder], { encoding: 'utf8' });
    expect(verified.stderr).toContain('its parent came out as the link says');
    expect(JSON.parse(verified.stdout)).toMatchObject({ reproduced: true, step: 8 });
  } finally {
    rmSync(root, { recursive: true });
  }
});
