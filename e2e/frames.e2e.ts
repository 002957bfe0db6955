import { expect, test } from './journey';
import { linkOf } from './link-of';
import { scrub, untilShown } from './measure/graph';
import { quantile, traceMainThread } from './measure/main-thread';
import { withStandIn } from './stand-in/install';
import { openView, startRun, status, withoutGuide } from './steps';

/** More than go by in all the measures, few enough that a move of the pointer meets another step. */
const STEPS = 400;
/** Half the documents that `bench/graph-frames.ts` measures, so that a slower machine keeps to the budget too. */
const SESSION = {
  task: { entities: 32, topics: 96 },
  pretrain: { steps: 5, warmup_steps: 2 },
  sft: { steps: 5, warmup_steps: 2 },
  grpo: { steps: STEPS, batch_size: 8, num_generations: 16 },
  evaluation: { every: 0 },
  checkpoint: { every: 0 },
};
const FIRST = 10;
const REFRESHES = 12;
/** Milliseconds of a frame. */
const BUDGET = 8;
/** What else the machine does can only add to what is measured, so the least of some measures is nearest to the page's own. */
const MEASURES = 3;

// Playwright's own trace would look at the whole page at every move of the pointer.
test.use({ trace: 'off' });

test('scrubbing the graph while a run goes on takes our script at most 8 ms a frame', async ({ page }) => {
  await withoutGuide(page);
  await withStandIn(page);
  await page.goto(`./${linkOf(SESSION)}`);
  await startRun(page);
  await openView(page, 'Graph');
  await untilShown(page, FIRST + REFRESHES, 120_000);
  const budgets: number[] = [];
  while (budgets.length < MEASURES && !budgets.some((ms) => ms <= BUDGET)) {
    const measured = await traceMainThread(page, () => scrub(page, [FIRST + 1, FIRST + REFRESHES], FIRST + STEPS, 8));
    await expect(status(page)).toHaveText('running');
    expect(measured.frames).toBeGreaterThan(20);
    budgets.push(measured.long_tasks.script === 0 ? quantile(measured.script, 0.95) : Infinity);
  }
  expect(Math.min(...budgets)).toBeLessThanOrEqual(BUDGET);
  await expect(page.locator('.plane canvas')).not.toHaveAttribute('data-edges', '0');
});
