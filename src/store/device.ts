import { create } from 'zustand';
import type { AdapterReport } from '../host/browser/api';

export type DeviceState =
  | { kind: 'asking' }
  | { kind: 'ready'; report: AdapterReport }
  /** The browser has no WebGPU, or offers no adapter. */
  | { kind: 'missing'; reason: string }
  /** The question to the worker failed. */
  | { kind: 'failed'; reason: string };

/** What the page knows of the browser's GPU: the adapter, or why there is none. */
export const useDevice = create<DeviceState>()(() => ({ kind: 'asking' }));
