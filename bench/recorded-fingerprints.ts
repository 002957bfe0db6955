/** The file of recorded fingerprints: docs/results/fingerprints.json. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Gpu } from '../src/gpu/gpu';

export const RESULTS = 'docs/results/fingerprints.json';

const resultSchema = v.strictObject({ fingerprint: v.string(), steps: v.string(), evaluation: v.string() });

const fingerprintsSchema = v.strictObject({
  /** The fingerprints by the adapter's identity with its driver's version: another driver may compile other bits. */
  adapters: v.record(
    v.string(),
    v.strictObject({
      command: v.string(),
      commit: v.string(),
      date: v.string(),
      sessions: v.record(v.string(), resultSchema),
    }),
  ),
});
export type FingerprintsFile = v.InferOutput<typeof fingerprintsSchema>;

/** Vendor, kind of machine and driver version, in one line. */
export function adapterKey(gpu: Gpu): string {
  const { vendor, architecture, device, description } = gpu.device.adapterInfo;
  return [vendor, architecture, device, description].filter(Boolean).join(' · ');
}

export const readFingerprints = (): FingerprintsFile =>
  v.parse(fingerprintsSchema, JSON.parse(readFileSync(RESULTS, 'utf8')));
