import { describe, expect } from 'vitest';
import { testKernel } from '../../kernels/reference/harness';
import type { StepMetrics } from '../../records/records';
import { SessionRun } from '../session-run';
import { SILENT } from '../silent';
import { tinySession } from '../tiny.test-data';

/** Counts the waits for the GPU, of which each costs a browser up to 100 ms. */
describe('waits for the GPU', () => {
  testKernel(
    'a flush of stages 0 and 1 takes one, a step of stage 2 at most four and its flush one, a checkpoint one',
    async (bench) => {
      const session = tinySession({
        model: {
          hidden_size: 16,
          intermediate_size: 24,
          num_hidden_layers: 1,
          num_attention_heads: 2,
          num_key_value_heads: 2,
        },
        pretrain: { steps: 3, batch_size: 4 },
        sft: { steps: 3, batch_size: 4 },
        // Completions of one block; the documents are re-encoded and moved at every step.
        grpo: { steps: 4, batch_size: 2, num_generations: 2, max_completion_length: 8, gate: false, beta: 0.1 },
        environment: { policy: 'local', compensate: true, audit_every: 0, rank_every: 0 },
        evaluation: { every: 0 },
        checkpoint: { every: 0 },
      });
      const lines: StepMetrics[] = [];
      const run = new SessionRun(bench.gpu, session, {
        ...SILENT,
        metrics: (of) => lines.push(...of),
      });
      const { counters } = bench.gpu;
      const waitsOf = async (body: () => Promise<unknown>): Promise<number> => {
        const before = counters.waits;
        await body();
        return counters.waits - before;
      };
      const found: Record<string, number[]> = {};
      while (!run.isFinished) {
        const waits = await waitsOf(() => run.advance(1));
        const { stage } = lines.at(-1)!;
        (found[stage] ??= []).push(waits);
      }
      // The second of each stage: the first waits besides for what it records and for how long it takes.
      expect([found['pretrain']![1], found['sft']![1]]).toEqual([1, 1]);
      // Completions, documents, their map, losses; the frozen model's answer comes while documents are searched, or with them.
      for (const waits of found['grpo']!.slice(1, -1)) expect(waits).toBeLessThanOrEqual(5);
      expect(await waitsOf(() => run.checkpointNow())).toBe(1);
      run.destroy();
    },
  );
});
