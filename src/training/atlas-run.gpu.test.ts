import { describe, expect } from 'vitest';
import { parseSession } from '../config/parse-session';
import type { Gpu } from '../gpu/gpu';
import { testWithGpu } from '../gpu/testing';
import type { StepMetrics } from '../records/records';
import { atlasBytes, atlasData } from '../tasks/atlas/atlas.test-data';
import type { TaskData } from '../tasks/task-data';
import { SessionRun } from './session-run';

/** The smallest run that writes, embeds and is evaluated. */
const session = (name: 'atlas-facts' | 'atlas-walk', depth_weights: number[]) =>
  parseSession({
    task: { name },
    model: {
      hidden_size: 16,
      intermediate_size: 32,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 2,
    },
    pretrain: { steps: 1, batch_size: 16, warmup_steps: 1 },
    sft: { steps: 1, batch_size: 8, replay_batch_size: 4, warmup_steps: 1 },
    grpo: { depth_weights },
    evaluation: { every: 0, queries_per_depth: 2, final_queries_per_depth: 8, bootstrap: 20 },
    checkpoint: { every: 0 },
  });

describe('a run of an atlas task', () => {
  async function train(gpu: Gpu, of: ReturnType<typeof session>, data: TaskData) {
    const metrics: StepMetrics[] = [];
    const run = new SessionRun(
      gpu,
      of,
      {
        metrics: (steps) => metrics.push(...steps),
        evaluation: () => undefined,
        traces: () => undefined,
        dev: () => undefined,
        graph: () => undefined,
        graphStart: () => undefined,
        checkpoint: () => Promise.resolve(),
      },
      data,
    );
    while (await run.advance());
    const { test } = await run.finalEvaluation();
    const { value } = run.fingerprintSoFar;
    run.destroy();
    return { metrics, test: test!, fingerprint: value };
  }

  testWithGpu(
    'is told with a headline over test countries, and its fingerprint starts from the data',
    async ({ gpu }) => {
      const of = session('atlas-facts', [1, 2]);
      const { metrics, test, fingerprint } = await train(gpu, of, atlasData);
      expect(metrics.map(({ stage }) => stage)).toEqual(['pretrain', 'sft']);
      expect(metrics.every(({ loss }) => Number.isFinite(loss))).toBe(true);
      const { headline, by_kind, by_depth } = test.gold!;
      expect(Object.keys(by_depth)).toEqual(['1', '2']);
      expect(headline!.queries).toBeGreaterThan(0);
      expect(headline!.clusters).toBeLessThanOrEqual(headline!.queries);
      expect(headline!.ci95.success_1).toHaveLength(2);
      expect(Object.keys(by_kind!).length).toBeGreaterThan(1);
      // What the task reads is the same; the data is not.
      const other = await train(gpu, of, new Map([...atlasData, ['other', atlasBytes]]));
      expect(other.metrics.map(({ loss }) => loss)).toEqual(metrics.map(({ loss }) => loss));
      expect(other.fingerprint).not.toBe(fingerprint);
    },
  );

  testWithGpu('evaluates walks deeper than it trains them', async ({ gpu }) => {
    const { test } = await train(gpu, session('atlas-walk', [1, 2, 3]), atlasData);
    expect(Object.keys(test.reasoning!.by_depth)).toEqual(['1', '2', '3', '4', '5']);
    expect(test.reasoning!.headline!.queries).toBe(32);
  });
});
