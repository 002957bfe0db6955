import { describe, expect } from 'vitest';
import { adapterKey, readFingerprints } from '../../../bench/recorded-fingerprints';
import { difference, runShort, TINY_SESSIONS } from '../../../bench/short-sessions';
import { testWithGpu } from '../../gpu/testing';

/** Presets, and kin-quick as a whole: `node scripts/bench.mjs fingerprints --check`. */
describe('the recorded fingerprint', () => {
  for (const { name, session } of TINY_SESSIONS) {
    testWithGpu(`is that of ${name}`, async ({ gpu, context }) => {
      const recorded = readFingerprints().adapters[adapterKey(gpu)]?.sessions[name];
      if (!recorded) return context.skip('nothing is recorded on this adapter');
      expect(difference(await runShort(gpu, session), recorded)).toBeNull();
    });
  }
});
