import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { parseSession } from '../../config/parse-session';
import { EVERY_STAGE } from '../../config/seconds.test-data';
import { testWithDevice } from '../../gpu/testing';
import { InputError } from '../../lib/errors';
import { openGpu } from './gpu';
import { RunFolder } from './run-folder';
import { trainRun } from './train-run';

const root = mkdtempSync(join(tmpdir(), 'diverged-'));
afterAll(() => rmSync(root, { recursive: true }));

testWithDevice(
  'a run that leaves the finite numbers says where, keeps its last state, and how to go on from it',
  async () => {
    const session = parseSession(EVERY_STAGE);
    const gpu = await openGpu();
    try {
      const { folder, state } = RunFolder.open(join(root, 'run'), session, false);
      await trainRun(gpu, { session, data: new Map(), folder, state, stopAfter: 6 });
      const kept = folder.state()!;
      // Weights near the end of f32, as a step might leave them: the next product is beyond it.
      for (const page of kept.weights) page.fill(3e38);
      folder.saveState(kept);
      const failure: unknown = await trainRun(gpu, { session, data: new Map(), folder, state: kept }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(InputError);
      expect(failure).toMatchObject({ code: 'diverged' });
      expect(String(failure)).toMatch(
        /step \d+: the (loss|norm of the gradient) is (not a number|infinite), expected finite numbers; run again with checks, the steps since step 6 first wrote one at step 7: the kernel \w+, into .+ \(\w+\); the state of step 6 is kept; to go on from there with other settings, run the session with --fork 6 --set PATH=VALUE/,
      );
      expect(folder.state()?.step).toBe(6);
      expect(gpu.counters.liveBuffers).toBe(0);
    } finally {
      gpu.destroy();
    }
  },
);
