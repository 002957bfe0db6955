import { afterAll, test, type TestContext } from 'vitest';
import { requestNodeAdapter } from '../host/node/device';
import { Gpu, type Device } from './gpu';

/** What a test on the GPU receives beside the device. */
export interface GpuTest {
  device: GPUDevice;
  /** The context that vitest passes to every test. */
  context: TestContext;
  /** Frees a buffer, texture or query set after the test, passed or failed; returns it. */
  track: <Resource extends { destroy(): void }>(resource: Resource) => Resource;
}

export interface GpuTestOptions {
  /** A device of the test's own, for tests that lose or destroy it. */
  fresh?: boolean;
  requiredFeatures?: GPUFeatureName[];
  requiredLimits?: Record<string, number>;
  /** Milliseconds; the project's limit where absent. */
  timeout?: number;
}

/** Features that kernels use where an adapter has them. */
const OPTIONAL: readonly GPUFeatureName[] = ['subgroups', 'shader-f16'];

let shared: Promise<GPUDevice | null> | undefined;

async function openDevice(options: GpuTestOptions): Promise<GPUDevice | null> {
  const adapter = await requestNodeAdapter();
  if (adapter === null) return null;
  const features = options.requiredFeatures ?? [];
  if (features.some((feature) => !adapter.features.has(feature))) return null;
  const optional = OPTIONAL.filter((feature) => adapter.features.has(feature));
  return adapter.requestDevice({
    requiredFeatures: [...new Set([...features, ...optional])],
    requiredLimits: options.requiredLimits ?? {},
  });
}

/** The device that the tests of one file share, with the default limits; null where there is no adapter. */
function sharedDevice(): Promise<GPUDevice | null> {
  shared ??= openDevice({});
  return shared;
}

let sharedGpu: Promise<Gpu | null> | undefined;

/** A Gpu as the product opens it, with the adapter's limits; null where there is no adapter. */
async function openGpu(): Promise<Gpu | null> {
  const adapter = await requestNodeAdapter();
  return adapter && Gpu.create(adapter);
}

afterAll(async () => {
  (await shared)?.destroy();
  (await sharedGpu)?.destroy();
  shared = undefined;
  sharedGpu = undefined;
});

/** Runs `body` and throws an error that WebGPU reports only to an error scope, or to no scope at all. */
export async function withoutGpuErrors<Result>(device: Device, body: () => Promise<Result> | Result): Promise<Result> {
  const uncaptured: string[] = [];
  const listen = (event: GPUUncapturedErrorEvent): void => {
    uncaptured.push(event.error.message);
  };
  device.addEventListener('uncapturederror', listen);
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  const run = async (): Promise<Result> => {
    const result = await body();
    await device.queue.onSubmittedWorkDone();
    return result;
  };
  const [outcome] = await Promise.allSettled([run()]);
  // Scopes are popped on failure too, or they would catch the next test's errors.
  const errors = [await device.popErrorScope(), await device.popErrorScope()];
  device.removeEventListener('uncapturederror', listen);
  const messages = [...errors.flatMap((error) => (error ? [error.message] : [])), ...uncaptured];
  if (messages.length > 0) {
    // Thrown even over an error of the test's own: what WebGPU objected to is nearly always that one's cause.
    throw new Error(`WebGPU: ${messages.join('\n')}`, outcome.status === 'rejected' ? { cause: outcome.reason } : {});
  }
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/**
 * A test on a bare GPUDevice. Any WebGPU error fails it, what it tracks is freed, and it is skipped, and counted as
 * skipped, where the machine has no adapter or the adapter lacks a feature the test asks for.
 */
export function testWithDevice(
  name: string,
  body: (gpu: GpuTest) => Promise<void> | void,
  options: GpuTestOptions = {},
): void {
  const own = options.fresh ?? (options.requiredFeatures !== undefined || options.requiredLimits !== undefined);
  test(name, { timeout: options.timeout ?? 120_000 }, async (context) => {
    const device = await (own ? openDevice(options) : sharedDevice());
    if (device === null) {
      context.skip('no WebGPU adapter that fits');
      return;
    }
    const resources: { destroy(): void }[] = [];
    const track = <Resource extends { destroy(): void }>(resource: Resource): Resource => {
      resources.push(resource);
      return resource;
    };
    try {
      await withoutGpuErrors(device, () => body({ device, context, track }));
    } finally {
      for (const resource of resources) resource.destroy();
      if (own) device.destroy();
    }
  });
}

/**
 * A test on the one Gpu of its file. Any WebGPU error on its device fails the test; without an adapter it is skipped, and
 * counted as skipped.
 * @param options.fresh a Gpu of the test's own, whose errors are the test's to look for: it provokes them, or loses the device.
 */
export function testWithGpu(
  name: string,
  body: (test: { gpu: Gpu; context: TestContext }) => Promise<void> | void,
  options: Pick<GpuTestOptions, 'fresh' | 'timeout'> = {},
): void {
  test(name, { timeout: options.timeout ?? 120_000 }, async (context) => {
    const gpu = await (options.fresh ? openGpu() : (sharedGpu ??= openGpu()));
    if (gpu === null) {
      context.skip('no WebGPU adapter');
      return;
    }
    if (!options.fresh) {
      await withoutGpuErrors(gpu.device, () => body({ gpu, context }));
      gpu.check();
      return;
    }
    try {
      await body({ gpu, context });
    } finally {
      gpu.destroy();
    }
  });
}
