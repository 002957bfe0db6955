import { expect, type Page } from 'playwright/test';

// Watches the GPU devices of a page's worker: counts those that are open, and can spoil the next one.

/** Runs first in the worker: counts the devices that are opened and freed, and spoils the next one when it is told to. */
const WATCH = `
self.WATCH = { devices: new Set(), spoil: '', room: Infinity };
const limited = (device) => {
  const scopes = [];
  let live = 0;
  const { createBuffer, pushErrorScope, popErrorScope } = device;
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer.call(device, descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let size = descriptor.size;
    live += size;
    buffer.destroy = () => {
      live -= size;
      size = 0;
      destroy();
    };
    if (live > self.WATCH.room) {
      const error = new GPUOutOfMemoryError(live + ' bytes, of which ' + self.WATCH.room + ' are there');
      const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
      if (scope) scope.refused ??= error;
      else device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    }
    return buffer;
  };
  device.pushErrorScope = (filter) => {
    scopes.push({ filter });
    pushErrorScope.call(device, filter);
  };
  device.popErrorScope = async () => {
    const own = scopes.pop();
    return (await popErrorScope.call(device)) ?? own?.refused ?? null;
  };
};
for (const adapter of [self.GPUAdapter?.prototype].filter(Boolean)) {
  const requestDevice = adapter.requestDevice;
  adapter.requestDevice = async function (...given) {
    const { spoil } = self.WATCH;
    if (spoil !== '' && given[0]?.label === 'ahead') {
      // Not in use yet: it is lost, so that the device that a run waits for is requested, and spoiled.
      const lost = await requestDevice.apply(this, given);
      lost.destroy();
      await lost.lost;
      return lost;
    }
    self.WATCH.spoil = '';
    if (spoil === 'refuse') throw new Error('the driver is being updated');
    const device = await requestDevice.apply(this, given);
    self.WATCH.devices.add(device);
    const destroy = device.destroy.bind(device);
    device.destroy = () => {
      self.WATCH.devices.delete(device);
      destroy();
    };
    if (spoil === 'lose') destroy();
    limited(device);
    return device;
  };
}
`;

/** The real engine, watched. Call it before the page is opened. */
export const watchEngine = (page: Page) =>
  page.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: WATCH + (await response.text()) });
  });

const change = (page: Page, changes: Readonly<Record<string, unknown>>): Promise<void> =>
  expect
    .poll(
      // The worker may still be loading.
      () =>
        page.workers()[0]?.evaluate((given) => {
          const watch: unknown = Reflect.get(self, 'WATCH');
          if (typeof watch !== 'object' || watch === null) return false;
          Object.assign(watch, given);
          return true;
        }, changes) ?? Promise.resolve(false),
    )
    .toBe(true);

/** The next device that is asked for is refused, or gone as soon as it is there; one that was opened ahead is lost. */
export async function spoilNextDevice(page: Page, spoil: 'refuse' | 'lose'): Promise<void> {
  await change(page, { spoil });
  await page.workers()[0]?.evaluate(async () => {
    const devices: unknown = Reflect.get(Object(Reflect.get(self, 'WATCH')), 'devices');
    if (!(devices instanceof Set)) return;
    for (const device of devices) {
      if (!(device instanceof GPUDevice) || device.label !== 'ahead') continue;
      device.destroy();
      await device.lost;
    }
  });
}

/** Every device holds so many bytes from now on, and refuses what goes beyond. */
export const limitDevices = (page: Page, room: number): Promise<void> => change(page, { room });

/** What this page holds: devices in use that were not freed, runs that nobody else may take, workers. One device may be open ahead. */
export async function heldBy(page: Page): Promise<{ devices: number; locks: number; workers: number }> {
  const workers = page.workers();
  const { devices, ahead } = await workers[0]!.evaluate(() => {
    const all: unknown = Reflect.get(Object(Reflect.get(self, 'WATCH')), 'devices');
    const labels = all instanceof Set ? [...all].map((device) => String(Reflect.get(Object(device), 'label'))) : [];
    const waiting = labels.filter((label) => label === 'ahead').length;
    return { devices: labels.length - waiting, ahead: waiting };
  });
  expect(ahead).toBeLessThan(2);
  const locks = await page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.filter(({ name = '' }) => name.includes('/run/')).length;
  });
  return { devices, locks, workers: workers.length };
}
