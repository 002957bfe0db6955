import { describe, expect } from 'vitest';
import { testWithGpu } from '../gpu/testing';
import type { StepMetrics } from '../records/records';
import { dataFilesOf } from '../tasks/registry';
import { textCorpus, textSession } from '../tasks/text/text.test-data';
import { documentMap } from './document-map';
import { SessionRun } from './session-run';
import { SILENT } from './silent';

describe('training on one’s own documents', () => {
  testWithGpu(
    'goes through both stages, and ranks documents longer than the context by their best passage',
    async ({ gpu }) => {
      const { bytes } = textCorpus(40);
      const session = textSession(bytes);
      const short = { ...session, model: { ...session.model, max_position_embeddings: 80 } };
      const data = new Map(dataFilesOf(session.task).map(({ path }) => [path, bytes]));
      const metrics: StepMetrics[] = [];
      const run = new SessionRun(
        gpu,
        short,
        {
          ...SILENT,
          metrics: (lines) => void metrics.push(...lines),
        },
        data,
      );
      while (await run.advance());
      expect(metrics.map(({ stage }) => stage)).toEqual(['pretrain', 'pretrain', 'sft', 'sft', 'sft']);
      for (const { loss } of metrics) expect(Number.isFinite(loss)).toBe(true);
      expect(run.tokens.passages.length).toBeGreaterThan(40);

      await run.search.refresh();
      const { scores } = await run.search.search('wing lift', 'direct');
      expect(scores).toHaveLength(40);
      for (const score of scores ?? []) expect(Math.abs(score)).toBeLessThanOrEqual(1 + 1e-5);
      // A map of them: a place and neighbours for each document, however many passages it is.
      const before = run.fingerprintSoFar.value;
      const { start, positions } = await documentMap(run);
      expect(start.step).toBe(run.step);
      expect(positions).toHaveLength(2 * 40);
      expect(positions.every(Number.isFinite)).toBe(true);
      expect(new Set(positions).size).toBeGreaterThan(40);
      expect(start.counts).toHaveLength(40);
      expect(Math.min(...start.counts)).toBeGreaterThan(0);
      expect(await documentMap(run)).toEqual({ start, positions });
      expect(run.fingerprintSoFar.value).toBe(before);

      const { dev } = await run.finalEvaluation();
      expect(Object.keys(dev ?? {})).toEqual(['reasoning', 'direct', 'forced', 'gold', 'shuffled', 'bm25', 'fusion']);
      expect(dev?.bm25?.ndcg_cut_10).toBeGreaterThan(0);
      expect(dev?.fusion?.queries).toBe(dev?.direct?.queries);
      run.destroy();
    },
  );

  testWithGpu('rewards what its own words find, in a graph of the documents', async ({ gpu }) => {
    const { bytes } = textCorpus(40);
    const session = textSession(bytes);
    const rewarded = {
      ...session,
      sft: { ...session.sft, steps: 6 },
      grpo: { ...session.grpo, steps: 3, batch_size: 4, num_generations: 3, gate: false, replay_weight: 0 },
    };
    const data = new Map(dataFilesOf(session.task).map(({ path }) => [path, bytes]));
    const metrics: StepMetrics[] = [];
    const run = new SessionRun(gpu, rewarded, { ...SILENT, metrics: (lines) => void metrics.push(...lines) }, data);
    while (await run.advance());
    const updates = metrics.filter(({ stage }) => stage === 'grpo');
    expect(updates).toHaveLength(3);
    for (const { loss, reward } of updates) {
      expect(Number.isFinite(loss)).toBe(true);
      expect(reward).toBeGreaterThanOrEqual(0);
    }
    run.destroy();
  });
});
