import { describe, expect } from 'vitest';
import { testKernel } from '../kernels/reference/harness';
import { BertModel } from '../model/bert/bert-model';
import { SMALL_BERT as arch } from '../model/bert/small-bert.test-data';
import { SUBMIT_SEQUENCES, SUBMIT_TOKENS } from './benchmark/embedder';
import { EncoderPlanner } from './encoder-plan';

describe('the plan of an encoder', () => {
  testKernel('is what it and embedding with it allocate, to the byte', async ({ gpu }) => {
    const planner = new EncoderPlanner({ arch, tensorDtype: () => 'f16' });
    const choices = {
      rank: 0,
      tokenRow: false,
      batch: 8,
      parts: 1,
      length: 64,
      activations: 'recompute' as const,
      documents: 50,
    };
    const plan = planner.plan(choices);
    const { counters } = gpu;
    const before = counters.liveBytes;
    const model = new BertModel(gpu, arch, { dtype: () => 'f16' });
    expect(counters.liveBytes - before).toBe(plan.weights);
    const encoder = model.encoder('mean', SUBMIT_TOKENS, SUBMIT_SEQUENCES);
    expect(counters.liveBytes - before).toBe(plan.weights + plan.activations);
    encoder.destroy();
    model.destroy();
    expect([plan.adapters, plan.moments, plan.cache]).toEqual([0, 0, 0]);
    expect(plan.total).toBe(plan.weights + plan.activations + plan.index);
    expect(planner.largestBatch(choices, plan.total)).toBe(8);
    expect(planner.largestBatch(choices, plan.total - 1)).toBe(0);
    await gpu.idle();
  });
});
