import { expect, test } from './journey';
import { linkOf } from './link-of';
import { heapOf, totalOf, walk } from './measure/heap';
import { withStandIn } from './stand-in/install';
import { startRun, status, withoutGuide } from './steps';

/** A tenth of the run that `bench/page-heap.ts` measures, with a tenth of its budget. */
const SESSION = {
  pretrain: { steps: 20 },
  sft: { steps: 20, warmup_steps: 2 },
  grpo: { steps: 40, batch_size: 32, num_generations: 4 },
  evaluation: { every: 20 },
};
const BUDGET_MB = 30;

// Playwright's own trace keeps what it sees in the page.
test.use({ trace: 'off' });

test('records stay on the disk: a run that was read through leaves little in memory', async ({ page }) => {
  await withoutGuide(page);
  await withStandIn(page, { wholeBatches: true });
  const read = await heapOf(page);
  await page.goto(`./${linkOf(SESSION)}`);
  await startRun(page);
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });
  const looked: string[] = [];
  await walk(page, async (where) => {
    const heap = await read();
    looked.push(where);
    expect(totalOf(heap), JSON.stringify(heap)).toBeLessThan(BUDGET_MB);
  });
  expect(looked).toEqual(['traces', 'graph']);
});
