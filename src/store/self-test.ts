import { create } from 'zustand';
import { CancelledError } from '../lib/errors';
import type { SelfTestResult } from '../records/device';
import { IDLE, latest, withoutError, type Asked } from './asked';
import { lab } from './lab';

/** The results of the cases so far, and the number of cases, which is null before the end. */
export interface CheckedDevice {
  results: readonly SelfTestResult[];
  total: number | null;
}

interface SelfTestState {
  asked: Asked<CheckedDevice>;
  closeError: () => void;
}

/** The self-test of this device. */
export const useSelfTest = create<SelfTestState>()((set) => ({
  asked: IDLE,
  closeError: () => set(({ asked }) => ({ asked: withoutError(asked) })),
}));

const checks = latest<CheckedDevice>(
  () => useSelfTest.getState().asked,
  (asked) => useSelfTest.setState({ asked }),
);

export async function checkDevice(): Promise<void> {
  useSelfTest.setState({ asked: IDLE });
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
