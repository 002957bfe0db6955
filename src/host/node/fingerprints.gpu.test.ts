import { afterAll, beforeAll, describe, expect } from 'vitest';
import { adapterKey, readFingerprints } from '../../../bench/recorded-fingerprints';
import { difference, runShort, TINY_SESSIONS } from '../../../bench/short-sessions';
import { Gpu } from '../../gpu/gpu';
import { testWithDevice } from '../../gpu/testing';
import { requestNodeAdapter } from './device';

/** Presets, and kin-quick as a whole: `node scripts/bench.mjs fingerprints --check`. */
describe('the recorded fingerprint', () => {
  let gpu: Gpu | null = null;
  beforeAll(async () => {
    const adapter = await requestNodeAdapter();
    if (adapter) gpu = await Gpu.create(adapter);
  });
  afterAll(() => gpu?.destroy());

  for (const { name, session } of TINY_SESSIONS) {
    testWithDevice(`is that of ${name}`, async ({ context }) => {
      const recorded = readFingerprints().adapters[adapterKey(gpu!)]?.sessions[name];
      if (!recorded) return context.skip('nothing is recorded on this adapter');
      expect(difference(await runShort(gpu!, session), recorded)).toBeNull();
    });
  }
});
