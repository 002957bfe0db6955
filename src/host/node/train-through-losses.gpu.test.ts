import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { parseSession } from '../../config/parse-session';
import { EVERY_STAGE } from '../../config/seconds.test-data';
import type { Gpu } from '../../gpu/gpu';
import { testWithDevice } from '../../gpu/testing';
import { InputError } from '../../lib/errors';
import { openGpu } from './gpu';
import { RunFolder } from './run-folder';
import type { Trained } from './train-run';
import { trainThroughLosses } from './train-through-losses';

const session = parseSession(EVERY_STAGE);
const root = mkdtempSync(join(tmpdir(), 'losses-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the session into a folder. @param isLost whether the device goes away before the n-th write, from 1 */
async function run(name: string, isLost: (line: number) => boolean): Promise<Trained & { devices: number }> {
  let gpu: Gpu | null = null;
  let devices = 0;
  let line = 0;
  const open = async (): Promise<Gpu> => {
    gpu = await openGpu();
    devices++;
    return gpu;
  };
  const beforeWrite = (): void => {
    if (isLost(++line)) gpu?.destroy();
  };
  const { folder, state } = RunFolder.open(join(root, name), session, false, { beforeWrite });
  const trained = await trainThroughLosses(open, { session, data: new Map(), folder, state });
  return { ...trained, devices };
}

const files = (name: string): string[] =>
  ['fingerprint.json', 'dev.jsonl', 'traces.jsonl', 'graph.jsonl', 'evaluation.json'].map((file) =>
    readFileSync(join(root, name, file), 'utf8'),
  );

describe('a device that is lost', () => {
  testWithDevice(
    'is replaced, and the run ends with the files of one whose device stayed',
    async () => {
      const whole = await run('whole', () => false);
      expect(whole.devices).toBe(1);
      const lost = await run('lost', (line) => [3, 12, 25].includes(line));
      expect(lost.devices).toBe(4);
      expect(lost.fingerprint).toBe(whole.fingerprint);
      expect(files('lost')).toEqual(files('whole'));
    },
    { timeout: 120_000 },
  );

  testWithDevice('is not tried again after three losses in a row', async () => {
    const failure: unknown = await run('always', (line) => line > 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure).toMatchObject({ code: 'device-lost' });
    expect(String(failure)).toMatch(/the GPU was lost 3 times in a row after step 0, expected it to stay .*--resume goes on from there/); // prettier-ignore
  });
});
