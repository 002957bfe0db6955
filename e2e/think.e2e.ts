import { expect, test } from './journey';
import { linkOf } from './link-of';
import { startRun, status } from './steps';

/** The rank while thinking on the real engine, in a session of seconds: stage 2 is short, and the model learns little. */
const link = linkOf({
  seed: 5,
  task: { entities: 8, relations: 3, topics: 3, max_depth: 2, traces_per_depth: 20 },
  model: { hidden_size: 16, intermediate_size: 36, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1 },
  pretrain: { steps: 20, batch_size: 32 },
  sft: { steps: 60, batch_size: 16, topics_per_batch: 3, mode: 'both', replay_batch_size: 8 },
  grpo: { steps: 6, batch_size: 4, num_generations: 4, max_completion_length: 8, depth_weights: [1, 2], gate: false, replay_batch_size: 8 },
  environment: { rank_every: 2, budget: 0.2 },
  evaluation: { every: 20, queries_per_depth: 4, final_queries_per_depth: 4, bootstrap: 20 },
}); // prettier-ignore

test('what a model wrote is read with its rank, recorded and asked for, in training and through it', async ({
  page,
}) => {
  test.setTimeout(300_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`./${link}`);
  await startRun(page);
  const views = page.getByRole('navigation', { name: 'Views' });
  await views.getByRole('button', { name: 'Traces' }).click();
  await expect(status(page)).toHaveText('finished', { timeout: 240_000 });

  // The last step of stage 2: its second, fourth and sixth recorded the rank.
  const group = page.getByRole('region', { name: 'Completions' });
  await expect(page.getByRole('button', { name: 'Step 86', exact: true })).toBeVisible();
  await expect(group.locator('.completion')).toHaveCount(4);
  const numbers = await group.locator('.completion.current .rank-number').allTextContents();
  expect(numbers.length).toBeGreaterThan(0);
  for (const text of numbers) {
    const rank = Number(text);
    expect(rank).toBeGreaterThanOrEqual(1);
    expect(rank).toBeLessThanOrEqual(24);
  }
  await group.locator('.completion.current .token-button').first().focus();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.locator('.nearest li')).toHaveCount(10);
  await expect(inspector).toContainText('As the model stood after step 86');

  // The step before has no rank of its own: the model of step 80 is asked.
  await page.getByRole('button', { name: 'Step before' }).click();
  await expect(page.getByRole('button', { name: 'Step 85', exact: true })).toBeVisible();
  await expect(group).toContainText('it is drawn as the model stood at step 80');

  // A query of training through the models that were kept, and a held-out one through the evaluations.
  await page.getByRole('button', { name: 'Through training' }).click();
  await expect(page.getByRole('status').filter({ hasText: /Its greedy completion at 5 steps\./ })).toBeVisible();
  await page.getByRole('button', { name: 'Held-out, greedy' }).click();
  await expect(page.locator('.through .completion')).toHaveCount(4);

  await views.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  const reasoning = page.getByRole('region', { name: 'Reasoning' });
  await expect(reasoning.locator('.rank-number').first()).toHaveText(/^\d+$/);
  await reasoning.locator('.token-button').first().click();
  await expect(reasoning).toContainText('Before the first word, it would have found');
  await expect(reasoning.locator('.nearest li')).toHaveCount(5);
  expect(errors).toEqual([]);
});
