import { expect, test, type Page } from 'playwright/test';
import type { PartialSession } from '../src/config/session';
import { linkOf } from './link-of';

/** Small enough for seconds on a CPU adapter; stages 1 and 2, and a checkpoint every few steps. */
const session: PartialSession = {
  seed: 5,
  task: { entities: 8, relations: 3, topics: 3, max_depth: 2, traces_per_depth: 20 },
  model: {
    hidden_size: 16,
    intermediate_size: 36,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
  },
  pretrain: { steps: 0 },
  sft: { steps: 24, batch_size: 8, topics_per_batch: 2, mode: 'both', replay_batch_size: 4, warmup_steps: 2 },
  grpo: {
    steps: 12,
    batch_size: 4,
    num_generations: 3,
    max_completion_length: 8,
    depth_weights: [1, 2],
    replay_batch_size: 4,
    gate: false,
  },
  evaluation: { every: 12, queries_per_depth: 4, final_queries_per_depth: 8, bootstrap: 20 },
  checkpoint: { every: 6 },
};

const status = (page: Page) => page.locator('.topbar .status');
const link = linkOf(session);

async function run(page: Page): Promise<void> {
  // Another address in between: a fragment alone loads nothing anew.
  await page.goto('about:blank');
  await page.goto(`./${link}`);
  await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
}

const fingerprint = async (page: Page): Promise<string | null> => {
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });
  return page.locator('.result-head code').getAttribute('title');
};

const pastStep = (page: Page, step: number) =>
  expect
    .poll(async () => Number(await page.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuenow')), {
      timeout: 120_000,
    })
    .toBeGreaterThan(step);

test('a run that is interrupted in any way ends with the fingerprint of one that was not', async ({
  page,
  context,
}) => {
  test.setTimeout(400_000);
  await run(page);
  const reference = await fingerprint(page);
  expect(reference).toMatch(/^[0-9a-f]{64}$/);

  // The worker dies: the page starts another, which goes on from the last checkpoint.
  await run(page);
  await pastStep(page, 8);
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('killed');
    });
  });
  await expect(page.getByText(/The run was interrupted: .*killed.*goes on from its checkpoint/)).toBeVisible();
  expect(await fingerprint(page)).toBe(reference);

  // The tab is closed; the next one offers the run.
  await run(page);
  await pastStep(page, 26);
  await page.close();
  const next = await context.newPage();
  await next.goto('./');
  await next.getByRole('button', { name: /^Go on from step/ }).click();
  await expect(next.locator('.headline-text').first()).toBeVisible();
  expect(await fingerprint(next)).toBe(reference);
});
