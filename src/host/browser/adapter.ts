import { GpuUnavailableError } from '../../gpu/errors';
import { Gpu, identify } from '../../gpu/gpu';
import type { AdapterReport } from './api';

/** In a few words, for a run's record. */
export const describeAdapter = ({ adapter: { vendor, architecture } }: Gpu): string =>
  [vendor, architecture].filter(Boolean).join(' ');

/** @throws GpuUnavailableError where the browser has none. */
export async function requestAdapter(): Promise<GPUAdapter> {
  // Typed as always there; browsers without WebGPU lack it.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = gpu ? await gpu.requestAdapter({ powerPreference: 'high-performance' }) : null;
  if (!adapter) throw new GpuUnavailableError('This browser offers no WebGPU adapter.');
  return adapter;
}

/** @throws GpuUnavailableError where the browser has none. */
export const openGpu = async (): Promise<Gpu> => Gpu.create(await requestAdapter());

/** What the Device view shows. */
export function report(adapter: GPUAdapter): AdapterReport {
  const limits: Record<string, number> = {};
  // The limits are getters of the prototype, which neither JSON nor Object.entries sees.
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === 'number') limits[name] = value;
  }
  return { ...identify(adapter), features: [...adapter.features].sort(), limits };
}
