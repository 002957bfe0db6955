import { expect, test } from './journey';
import { linkOf } from './link-of';
import { scrub, untilShown } from './measure/graph';
import { quantile, traceMainThread } from './measure/main-thread';
import { withStandIn } from './stand-in/install';
import { openView, startRun, status, withoutGuide } from './steps';

/** Half the documents that `bench/graph-frames.ts` measures, so that a slower machine keeps to the budget too. */
const SESSION = {
  task: { entities: 32, topics: 96 },
  pretrain: { steps: 5, warmup_steps: 2 },
  sft: { steps: 5, warmup_steps: 2 },
  grpo: { steps: 400, batch_size: 8, num_generations: 16 },
  evaluation: { every: 0 },
  checkpoint: { every: 0 },
};
const FIRST = 10;
const REFRESHES = 12;

// Playwright's own trace would look at the whole page at every move of the pointer.
test.use({ trace: 'off' });

test('scrubbing the graph while a run goes on takes our script at most 8 ms a frame', async ({ page }) => {
  await withoutGuide(page);
  await withStandIn(page);
  await page.goto(`./${linkOf(SESSION)}`);
  await startRun(page);
  await openView(page, 'Graph');
  await untilShown(page, FIRST + REFRESHES, 120_000);
  const measured = await traceMainThread(page, () => scrub(page, [FIRST + 1, FIRST + REFRESHES], 410, 8));
  await expect(status(page)).toHaveText('running');
  // Processor time, so that it matters little what else the machine does.
  expect(measured.frames).toBeGreaterThan(20);
  expect(quantile(measured.script, 0.95)).toBeLessThanOrEqual(8);
  expect(measured.long_tasks.script).toBe(0);
  await expect(page.locator('.plane canvas')).not.toHaveAttribute('data-edges', '0');
});
