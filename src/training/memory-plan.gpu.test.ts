import { describe, expect, it } from 'vitest';
import { openModel } from '../formats/open-model';
import { filesInMemory } from '../formats/model-files';
import { writeCheckpoint } from '../formats/huggingface';
import { testWithGpu } from '../gpu/testing';
import { Generator } from '../model/generator';
import { small } from '../model/small.test-data';
import { NextToken } from '../objectives/next-token';
import type { PlanChoices } from '../records/memory';
import { ExactGpuIndex } from '../retrieval/exact-gpu-index';
import { checkpointTensors } from '../tensors/layout';
import { Embedder } from './benchmark/embedder';
import { PROJECTIONS } from '../config/lora';
import { Model } from '../model/model';
import { MemoryPlanner } from './memory-plan';
import { loadModel } from './opened-model';
import { TrainStep } from './train-step';

const weights = new Map(
  checkpointTensors(small).map(({ name, length }) => [
    name,
    Float32Array.from({ length }, (_, i) => ((i % 7) - 3) / 8),
  ]),
);
const opened = (dtype: 'F16' | 'F32') =>
  openModel(filesInMemory(new Map(writeCheckpoint(small, weights, { dtype }))), 'small');
const choices: PlanChoices = {
  rank: 4,
  tokenRow: false,
  batch: 3,
  parts: 1,
  length: 16,
  activations: 'keep',
  documents: 20,
};
const optimiser = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxNorm: 1 };

describe('the plan of an opened model', () => {
  for (const dtype of ['F16', 'F32'] as const)
    for (const activations of ['keep', 'recompute'] as const)
      for (const tokenRow of [false, true])
        testWithGpu(
          `is what a run with its adapter allocates, to the byte: ${dtype}, ${activations}, ${tokenRow ? 'with' : 'without'} the token's row`,
          async ({ gpu }) => {
            const files = await opened(dtype);
            const plan = new MemoryPlanner(files).plan({ ...choices, activations, tokenRow });
            let before = gpu.counters.liveBytes;
            const made = (): number => {
              const bytes = gpu.counters.liveBytes - before;
              before = gpu.counters.liveBytes;
              return bytes;
            };
            const embedToken = tokenRow ? 3 : null;
            const adapter = { rank: 4, alpha: 8, rslora: true, targets: PROJECTIONS, embedToken };
            const model = new Model(gpu, files.arch, { adapter, dtype: files.tensorDtype });
            expect(plan.weights + plan.adapters).toBe(made());
            const lm = new NextToken(model, { name: 'sft', targets: 48, weight: 1 });
            const step = new TrainStep(gpu, model, 48, [lm], optimiser, activations);
            expect(plan.activations + plan.moments).toBe(made());
            const generator = new Generator(model, { promptTokens: 48, sequences: 3, maxTokens: 16 });
            expect(plan.cache).toBe(made());
            step.destroy();
            generator.destroy();
            model.destroy();
          },
        );

  testWithGpu('covers embedding and a search, as they run', async ({ gpu }) => {
    const files = await opened('F16');
    const plan = new MemoryPlanner(files).plan({ ...choices, rank: 0 });
    const before = gpu.counters.liveBytes;
    const model = await loadModel(gpu, files);
    expect(plan.weights).toBe(gpu.counters.liveBytes - before);
    let most = 0;
    const look = (): void => void (most = Math.max(most, gpu.counters.liveBytes - before - plan.weights));
    const texts = Array.from({ length: 20 }, (_, i) => [1 + (i % 30), 2, 3]);
    const vectors = await new Embedder(model, { embed: 3, context: 48, pooling: 'lasttoken' }, look).direct(texts);
    // The recorded program and what is read back come on top.
    expect(plan.activations).toBeLessThanOrEqual(most);
    expect(most - plan.activations).toBeLessThan(60_000);
    await new ExactGpuIndex(gpu, vectors, small.hidden_size).rank(vectors.slice(0, small.hidden_size), 5, {
      compareTies: (a, b) => a - b,
    });
    model.destroy();
    expect(gpu.counters.liveBytes).toBe(before);
  });

  it('counts an adapter by its matrices, with gradients and two moments', async () => {
    const files = await opened('F16');
    const { hidden_size: C, intermediate_size: F } = small;
    // q, k, v, o, gate, up, down, in two layers.
    const sides = 24 + C + (12 + C) + (12 + C) + (C + 24) + (F + C) + (F + C) + (C + F);
    const plan = new MemoryPlanner(files).plan(choices);
    // Each tensor begins at a multiple of 256 bytes.
    expect(plan.adapters).toBeGreaterThanOrEqual(4 * 2 * 4 * sides);
    expect(plan.adapters).toBeLessThan(4 * 2 * 4 * sides + 2 * 14 * 256);
    const row = new MemoryPlanner(files).plan({ ...choices, tokenRow: true });
    expect(row.adapters - plan.adapters).toBeGreaterThanOrEqual(4 * C);
    expect(plan.moments).toBe(3 * plan.adapters);
    expect(new MemoryPlanner(files).plan({ ...choices, rank: 0 })).toMatchObject({ adapters: 0, moments: 0 });
    const again = new MemoryPlanner(files).plan({ ...choices, activations: 'recompute' });
    expect(again.activations).toBeLessThan(plan.activations);
    expect(plan.total).toBe(plan.weights + plan.adapters + plan.moments + plan.activations + plan.cache + plan.index);
  });

  testWithGpu('counts a step in micro-batches as it is made, and offers the fewest that fit', async ({ gpu }) => {
    const files = await opened('F16');
    const planner = new MemoryPlanner(files);
    const eight = { ...choices, batch: 8 };
    const at = (parts: number): number => planner.plan({ ...eight, parts }).total;
    expect(at(4)).toBeLessThan(at(2));
    expect(planner.fewestParts(eight, at(1))).toBe(1);
    expect(planner.fewestParts(eight, at(4))).toBe(4);
    expect(planner.fewestParts(eight, at(8) - 1)).toBe(0);
    expect(planner.fewestParts({ ...eight, rank: 0 }, 1e12)).toBe(0);
    const adapter = { rank: 4, alpha: 8, rslora: true, targets: PROJECTIONS, embedToken: null };
    const model = new Model(gpu, files.arch, { adapter, dtype: files.tensorDtype });
    const before = gpu.counters.liveBytes;
    const lm = new NextToken(model, { name: 'sft', targets: 32, weight: 1 });
    const step = new TrainStep(gpu, model, 128, [lm], optimiser, 'keep', 32);
    const plan = planner.plan({ ...eight, parts: 4 });
    expect(plan.activations + plan.moments).toBe(gpu.counters.liveBytes - before);
    step.destroy();
    model.destroy();
  });

  it('offers the largest batch that fits', async () => {
    const files = await opened('F32');
    const planner = new MemoryPlanner(files);
    const at = (batch: number): number => planner.plan({ ...choices, batch }).total;
    expect(planner.largestBatch(choices, at(9), 64)).toBe(9);
    expect(planner.largestBatch(choices, at(9) - 1, 64)).toBe(8);
    expect(planner.largestBatch(choices, at(1) - 1, 64)).toBe(0);
    expect(planner.largestBatch(choices, 1e12, 64)).toBe(64);
  });
});
