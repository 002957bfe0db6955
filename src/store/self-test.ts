import { CancelledError } from '../lib/errors';
import type { SelfTestResult } from '../records/device';
import { askedSlice } from './asked';
import { lab } from './lab';

/** The results of the cases so far, and the number of cases, which is null before the end. */
export interface CheckedDevice {
  results: readonly SelfTestResult[];
  total: number | null;
}

/** The self-test of this device. */
export const checks = askedSlice<CheckedDevice>();
export const useSelfTest = checks.use;

export async function checkDevice(): Promise<void> {
  checks.forget();
  await checks.ask(async ({ soFar }) => {
    let results: readonly SelfTestResult[] = [];
    const total = await lab.ask((client) =>
      client.device.check((result) => {
        results = [...results, result];
        soFar({ results, total: null });
      }),
    );
    if (total === null) throw new CancelledError('cancelled');
    return { results, total };
  });
}

export const cancelCheck = (): Promise<void> => lab.ask((client) => client.device.cancelCheck());
