import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Page } from 'puppeteer-core';
import { serve } from '../../scripts/serve.mjs';

/** An order to the worker of a hooked page. */
export type Order = 'lose the device' | 'throw' | 'close' | 'tell the buffers';

const CHANNEL = 'bench';
const buffersSchema = v.object({ bytes: v.number(), buffers: v.number() });
export type Buffers = v.InferOutput<typeof buffersSchema>;

/**
 * Runs in the worker before its own script, since nothing can be evaluated in a worker of Firefox from outside. It counts the
 * buffers that are there, and destroys the device where the next commands would be recorded.
 */
const HOOK = `{
  const channel = new BroadcastChannel('${CHANNEL}');
  const device = GPUDevice.prototype;
  const { createBuffer, createCommandEncoder } = device;
  const { destroy } = GPUBuffer.prototype;
  const live = new WeakMap();
  let bytes = 0;
  let buffers = 0;
  let isDoomed = false;
  device.createBuffer = function (wanted) {
    const buffer = createBuffer.call(this, wanted);
    live.set(buffer, wanted.size);
    bytes += wanted.size;
    buffers += 1;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    const size = live.get(this);
    if (size !== undefined) {
      live.delete(this);
      bytes -= size;
      buffers -= 1;
    }
    destroy.call(this);
  };
  device.createCommandEncoder = function (wanted) {
    if (isDoomed) {
      isDoomed = false;
      this.destroy();
    }
    return createCommandEncoder.call(this, wanted);
  };
  channel.onmessage = ({ data }) => {
    if (data === 'lose the device') isDoomed = true;
    if (data === 'throw') throw new Error('killed');
    if (data === 'close') self.close();
    if (data === 'tell the buffers') channel.postMessage({ bytes, buffers });
  };
}
`;

/**
 * Serves a copy of the built page with a script in front of each worker's own: the page that measures a GPU has a worker
 * beside the lab's, and nothing in their names tells which is which.
 * @param port the first that is tried
 */
export async function siteWithWorkers(
  script: string,
  port: number,
): Promise<{ url: string; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'hooked-site-'));
  cpSync('dist', folder, { recursive: true, dereference: true });
  const names = readdirSync(join(folder, 'assets')).filter((name) => /^worker-.*\.js$/.test(name));
  if (names.length === 0) throw new Error('dist/assets holds no worker, expected the built page');
  for (const path of names.map((name) => join(folder, 'assets', name))) {
    writeFileSync(path, script + readFileSync(path, 'utf8'));
  }
  const site = await serve({ folder, port });
  return {
    url: site.url,
    close: async () => {
      await site.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Serves a copy of the built page whose worker takes orders. @param port the first that is tried */
export const hookedSite = (port: number): ReturnType<typeof siteWithWorkers> => siteWithWorkers(HOOK, port);

export const give = (page: Page, order: Order): Promise<void> =>
  page.evaluate((name, told) => new BroadcastChannel(name).postMessage(told), CHANNEL, order);

/** Buffers on the GPU, as the worker counts them. */
export async function buffersOf(page: Page): Promise<Buffers> {
  const answer = await page.evaluate(
    (name, order) =>
      new Promise<unknown>((resolve) => {
        const channel = new BroadcastChannel(name);
        channel.onmessage = ({ data }: MessageEvent<unknown>) => {
          channel.close();
          resolve(data);
        };
        channel.postMessage(order);
      }),
    CHANNEL,
    'tell the buffers' satisfies Order,
  );
  return v.parse(buffersSchema, answer);
}
