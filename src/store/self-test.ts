import { create } from 'zustand';
import type { SelfTestResult } from '../records/device';
import { messageOf } from '../lib/errors';
import { lab } from './lab';

interface SelfTestState {
  going: boolean;
  results: readonly SelfTestResult[];
  /** How many cases there are; null before it has come to its end. */
  total: number | null;
  error: string | null;
}

const idle: SelfTestState = { going: false, results: [], total: null, error: null };

/** The check of this device. */
export const useSelfTest = create<SelfTestState>()(() => idle);

export async function checkDevice(): Promise<void> {
  useSelfTest.setState({ ...idle, going: true });
  try {
    const total = await lab.ask((client) =>
      client.device.check((result) => useSelfTest.setState(({ results }) => ({ results: [...results, result] }))),
    );
    useSelfTest.setState(total === null ? idle : { going: false, total });
  } catch (error) {
    useSelfTest.setState({ going: false, error: messageOf(error) });
  }
}

export const cancelCheck = (): Promise<void> => lab.ask((client) => client.device.cancelCheck());
