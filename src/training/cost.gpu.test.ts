import { describe, expect } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import type { PartialSession } from '../config/session';
import { testWithGpu } from '../gpu/testing';
import { sessionCost } from './cost';
import { SessionRun } from './session-run';

const NO_STEPS = { pretrain: { steps: 0 }, grpo: { steps: 0 } };
const sessions: [string, PartialSession][] = [
  ['facts alone, evaluated at no time', { sft: { steps: 0 }, grpo: { steps: 0 } }],
  ['answers with KL to a frozen base', { ...NO_STEPS, sft: { weight_kl: 0.1 } }],
  [
    'qwen3 with an untied head, activations computed again',
    { ...NO_STEPS, model: { model_type: 'qwen3', tie_word_embeddings: false, activations: 'recompute' } },
  ],
  ['embedding at once', { ...NO_STEPS, sft: { mode: 'direct' } }],
  [
    'all stages, rank while thinking, a contrastive term',
    {
      sft: { weight_kl: 0.1 },
      grpo: { contrastive_weight: 0.1 },
      environment: { rank_every: 1 },
      evaluation: { every: 2 },
    },
  ],
  [
    'every loss in 4 micro-batches',
    { model: { micro_batches: 4 }, sft: { weight_kl: 0.1 }, grpo: { contrastive_weight: 0.1 } },
  ],
  [
    'answers with KL, a sequence at a time, activations computed again',
    { ...NO_STEPS, model: { micro_batches: 4096, activations: 'recompute' }, sft: { weight_kl: 0.1 } },
  ],
  [
    'sums in parts, q and k normed, all stages',
    { model: { numerics: 2, model_type: 'qwen3' }, sft: { weight_kl: 0.1 } },
  ],
  [
    'sums in parts, in 4 micro-batches',
    { ...NO_STEPS, model: { numerics: 2, micro_batches: 4, activations: 'recompute' } },
  ],
  [
    'products of halves, all stages',
    { model: { fp16: true }, sft: { weight_kl: 0.1 }, grpo: { contrastive_weight: 0.1 } },
  ],
  ['products of halves, in 4 micro-batches', { ...NO_STEPS, model: { fp16: true, micro_batches: 4 } }],
  ['stage 2 without KL, refreshed as a whole', { grpo: { beta: 0 }, environment: { policy: 'full' } }],
];

describe('the plan of memory', () => {
  for (const [name, overrides] of sessions) {
    testWithGpu(`is what a run allocates: ${name}`, async ({ gpu }) => {
      const session = parseSession(secondsSession(overrides), 'test');
      const planned = await sessionCost(session);
      const before = gpu.counters.liveBytes;
      let most = 0;
      const look = () => (most = Math.max(most, gpu.counters.liveBytes - before));
      const run = new SessionRun(gpu, session, {
        metrics: look,
        evaluation: look,
        dev: look,
        traces: () => undefined,
        graph: () => undefined,
        checkpoint: () => Promise.resolve(),
      });
      try {
        while (await run.advance()) look();
      } finally {
        run.destroy();
      }
      expect(planned.gpuBytes).toBe(most);
      expect(gpu.counters.liveBytes).toBe(before);
    });
  }
});
