import type { Page } from 'playwright/test';
import * as v from 'valibot';
import { openView } from '../steps';

/** Megabytes in use. */
export interface Heap {
  page: number;
  worker: number;
  /** Contents of typed arrays, which lie beside the heap, of both. */
  arrays: number;
}

const attachedSchema = v.object({ sessionId: v.string(), targetInfo: v.object({ type: v.string() }) });
const usageSchema = v.object({ usedSize: v.number(), backingStorageSize: v.optional(v.number(), 0) });
const answerSchema = v.object({ id: v.optional(v.number()), result: v.optional(v.unknown()) });
type Usage = v.InferOutput<typeof usageSchema>;

/**
 * Makes a function that reads the JavaScript heap of the page and of its one worker, by Chromium's own counts: after a
 * garbage collection, or with the garbage.
 */
export async function heapOf(page: Page): Promise<(collects?: boolean) => Promise<Heap>> {
  const session = await page.context().newCDPSession(page);
  let worker: string | null = null;
  session.on('Target.attachedToTarget', (event) => {
    const { sessionId, targetInfo } = v.parse(attachedSchema, event);
    if (targetInfo.type === 'worker') worker = sessionId;
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  let asked = 0;
  const inWorker = (method: string): Promise<unknown> => {
    const id = ++asked;
    return new Promise((resolve) => {
      const take = ({ message }: { message: string }): void => {
        const answer = v.parse(answerSchema, JSON.parse(message));
        if (answer.id !== id) return;
        session.off('Target.receivedMessageFromTarget', take);
        resolve(answer.result);
      };
      session.on('Target.receivedMessageFromTarget', take);
      void session.send('Target.sendMessageToTarget', {
        message: JSON.stringify({ id, method }),
        ...(worker === null ? {} : { sessionId: worker }),
      });
    });
  };
  return async (collects = true) => {
    if (worker === null) throw new Error('the page has no worker');
    if (collects) {
      await session.send('HeapProfiler.collectGarbage');
      await inWorker('HeapProfiler.collectGarbage');
    }
    const own: Usage = v.parse(usageSchema, await session.send('Runtime.getHeapUsage'));
    const theirs: Usage = v.parse(usageSchema, await inWorker('Runtime.getHeapUsage'));
    return {
      page: own.usedSize / 1e6,
      worker: theirs.usedSize / 1e6,
      arrays: (own.backingStorageSize + theirs.backingStorageSize) / 1e6,
    };
  };
}

export const totalOf = ({ page, worker, arrays }: Heap): number => page + worker + arrays;

/** Looks at a recorded run as a reader would: lists, filters, groups, one query through training, the graph's steps. */
export async function walk(page: Page, after: (where: 'traces' | 'graph') => Promise<void>): Promise<void> {
  await openView(page, 'Traces');
  await page.getByRole('button', { name: /^All [\d,]+ recorded$/ }).click();
  const list = page.getByRole('region', { name: 'Queries' });
  const earlier = list.getByRole('button', { name: 'Earlier steps' });
  for (let pages = 0; pages < 5 && (await earlier.count()) > 0; pages++) {
    const before = await list.locator('.trace-entry').count();
    await earlier.click();
    await page.waitForFunction((had) => document.querySelectorAll('.trace-entry').length > had, before);
  }
  for (const at of [0, 20, 40]) {
    await list.locator('.trace-entry').nth(at).click();
    await page.locator('.completion').first().waitFor();
  }
  await page.getByRole('searchbox').fill('no such word');
  await list.getByText('Nothing that was recorded passes these filters.').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Clear' }).click();
  await after('traces');
  await openView(page, 'Graph');
  await page.locator('.plane canvas').waitFor();
  await page.getByText(/refreshes are here/).waitFor({ state: 'detached', timeout: 300_000 });
  await page.getByRole('main').focus();
  for (let steps = 0; steps < 30; steps++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Escape');
  await after('graph');
}
