import { describe, expect, test } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import { testWithGpu, type GpuTest } from '../gpu/testing';
import { Gpu } from '../gpu/gpu';
import { plannedDevice, PLANNED } from '../gpu/planned';
import { testKernel } from '../kernels/reference/harness';
import { Random } from '../lib/philox';
import { Model } from '../model/model';
import { randomSequences, small } from '../model/small.test-data';
import { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import type { StepMetrics } from '../records/records';
import { DivergedError, checkFinite } from './diverged';
import { readRunState, writeRunState } from './run-state-file';
import { SessionRun, type RunState } from './session-run';
import { SILENT } from './silent';
import { TrainStep } from './train-step';

/** All stages and every loss, in products of halves. */
const session = (micro_batches: number, fp16 = true) =>
  parseSession(
    secondsSession({
      model: { micro_batches, fp16 },
      pretrain: { steps: 3 },
      sft: { steps: 4, weight_kl: 0.1 },
      grpo: { steps: 3, contrastive_weight: 0.2, contrastive_min_reward: 0, num_iterations: 2 },
      checkpoint: { every: 2 },
    }),
    'halves',
  );

function begin(gpu: Gpu, of = session(1)) {
  const metrics: StepMetrics[] = [];
  const states: RunState[] = [];
  const run = new SessionRun(gpu, of, {
    ...SILENT,
    metrics: (steps) => metrics.push(...steps),
    checkpoint: (state) => Promise.resolve(void states.push(state)),
  });
  return { run, metrics, states };
}

const testHalves = (name: string, body: (gpu: Gpu) => Promise<void>): void =>
  testWithGpu(name, ({ gpu, context }: { gpu: Gpu; context: GpuTest['context'] }) => {
    if (!gpu.device.features.has('shader-f16')) context.skip('no shader-f16 on this adapter');
    return body(gpu);
  });

/** A state read back from its file, with this loss scale. */
function withScale(state: RunState, scale: number): RunState {
  const { stage, ...rest } = readRunState(writeRunState(state, 'hash'), 'hash', 'state');
  return { ...rest, stage: stage && { ...stage, numbers: { ...stage.numbers, loss_scale: scale } } };
}

const UPDATE = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.1, maxNorm: 1 };

describe('a step in products of halves', () => {
  testKernel(
    'that overflows changes no weight and no moment and halves the scale; the next one that does not, trains',
    async ({ gpu }) => {
      const model = new Model(gpu, small, { compute: 'f16' });
      model.weights.initialise(new Random(5, 'init'));
      const sequences = randomSequences(6, small.vocab_size, 3);
      const rows = Uint32Array.from(sequences.flat(), (_, row) => row);
      const labels = rows.map((row) => (row * 7) % small.vocab_size);
      const lm = new NextToken(model, { name: 'lm', targets: rows.length, weight: 1 });
      const targets = { rows, labels, weights: new Float32Array(rows.length).fill(1 / rows.length) };
      const step = new TrainStep(gpu, model, rows.length, [lm], UPDATE);
      const batch = { sequences, terms: [term(lm, targets)] };
      const all = async () => ({ weights: await model.weights.readPages(), ...(await step.moments.readPages()) });
      try {
        await step.record();
        await step.read([step.run(batch, 1e-3, 1)]);
        const before = await all();
        step.lossScale!.restore({ loss_scale: 2 ** 40 });
        const [read] = await step.read([step.run(batch, 1e-3, 2)]);
        expect(read).toMatchObject({ isSkipped: true, metrics: { loss_scale: 2 ** 40, skipped_steps: 1 } });
        expect(Number.isFinite(read!.metrics.loss)).toBe(true);
        expect(await all()).toEqual(before);
        expect(await step.lossScale!.read()).toEqual({ scale: 2 ** 39, good: 0, skipped: 1 });
        // What scale it has makes no difference where nothing overflows or vanishes, not even in the last bits.
        const norms: number[] = [];
        for (const scale of [2 ** 14, 2 ** 12]) {
          step.lossScale!.restore({ loss_scale: scale, skipped: 0 });
          const [good] = await step.read([step.gradientsOnly(batch)]);
          expect(good).toMatchObject({ isSkipped: false, metrics: { loss_scale: scale, skipped_steps: 0 } });
          norms.push(good!.gradNorm);
        }
        expect(Math.abs(norms[1]! / norms[0]! - 1)).toBeLessThan(1e-3);
        await step.read([step.run(batch, 1e-3, 3)]);
        expect(await all()).not.toEqual(before);
      } finally {
        step.destroy();
        model.destroy();
      }
    },
    'shader-f16',
  );
});

describe('a session in products of halves', () => {
  for (const parts of [1, 3]) {
    testHalves(`gives the same bits twice, and from every checkpoint, in ${parts} parts`, async (gpu) => {
      const first = begin(gpu, session(parts));
      while (await first.run.advance());
      expect(first.metrics).toHaveLength(10);
      // Each stage begins with the scale anew, and says of each step whether it was skipped.
      expect(first.metrics.filter(({ loss_scale }) => loss_scale === 2 ** 16).map(({ step }) => step)).toEqual(
        expect.arrayContaining([1, 4]),
      );
      for (const line of first.metrics.filter(({ stage }) => stage !== 'grpo')) {
        const before = first.metrics.find(({ step, stage }) => step === line.step - 1 && stage === line.stage);
        const isSkipped = Number(line['skipped_steps']) > Number(before?.['skipped_steps'] ?? 0);
        expect(Object.hasOwn(line, 'grad_norm'), `step ${line.step}`).toBe(!isSkipped);
      }
      const { value } = first.run.fingerprintSoFar;
      expect(await first.run.finalEvaluation()).toBeTruthy();
      expect(first.states.flatMap(({ stage }) => stage?.numbers['loss_scale'] ?? [])).not.toHaveLength(0);
      for (const state of first.states) {
        const resumed = begin(gpu, session(parts));
        await resumed.run.restore(readRunState(writeRunState(state, 'hash'), 'hash', 'state'));
        while (await resumed.run.advance(1));
        expect(resumed.run.fingerprintSoFar.value, `resumed after step ${state.step}`).toBe(value);
        resumed.run.destroy();
      }
      first.run.destroy();
    });
  }

  testHalves('computes something else than f32, and not much else', async (gpu) => {
    const [halves, floats] = [begin(gpu), begin(gpu, session(1, false))];
    for (const { run } of [halves, floats]) while (run.step < 3) await run.advance(1);
    halves.metrics.forEach((line, at) => {
      expect(line.loss).not.toBe(floats.metrics[at]!.loss);
      expect(Math.abs(line.loss / floats.metrics[at]!.loss - 1)).toBeLessThan(1e-2);
    });
    expect(Object.keys(floats.metrics[0]!)).not.toContain('loss_scale');
    halves.run.destroy();
    floats.run.destroy();
  });

  testHalves('goes on where steps are skipped, and from a checkpoint between them with the same bits', async (gpu) => {
    const first = begin(gpu);
    while (first.run.step < 4) await first.run.advance(1);
    first.run.destroy();
    const kept = first.states.find(({ step }) => step === 4)!;
    const state = withScale(kept, 2 ** 40);
    const before = kept.stage!.numbers['loss_scale.skipped']!;
    const finish = async (from: RunState) => {
      const next = begin(gpu);
      await next.run.restore(from);
      while (await next.run.advance(1));
      next.run.destroy();
      return next;
    };
    const skipping = await finish(state);
    expect(skipping.metrics.map(({ step }) => step)).toEqual([5, 6, 7, 8, 9, 10]);
    skipping.metrics.slice(0, 3).forEach((line, at) => {
      expect(line).toMatchObject({ stage: 'sft', loss_scale: 2 ** (40 - at), skipped_steps: before + 1 + at });
      expect(line).not.toHaveProperty('grad_norm');
    });
    // Each stage has a scale of its own.
    expect(skipping.metrics[3]!.stage).toBe('grpo');
    expect(skipping.metrics[3]!['loss_scale']).toBeLessThanOrEqual(2 ** 16);
    const between = skipping.states.find(({ step }) => step === 6)!;
    expect(between.stage!.numbers).toEqual({
      loss_scale: 2 ** 38,
      'loss_scale.good': 0,
      'loss_scale.skipped': before + 2,
    });
    expect(between.weights).toEqual(state.weights);
    expect(between.stage!.moments).toEqual(state.stage!.moments);
    const again = await finish(readRunState(writeRunState(between, 'hash'), 'hash', 'state'));
    expect(again.run.fingerprintSoFar.value).toBe(skipping.run.fingerprintSoFar.value);
  });

  test('is refused where the device has no 16-bit arithmetic', () => {
    const gpu = new Gpu(plannedDevice(), { ...PLANNED, software: true });
    expect(() => begin(gpu)).toThrow(
      'session: model.fp16 is true, expected false, because this GPU offers no 16-bit arithmetic (shader-f16)',
    );
    // The page's button leads to the setting.
    const problem: unknown = expect.objectContaining({ path: 'model.fp16' });
    expect(() => begin(gpu)).toThrow(expect.objectContaining({ code: 'input', problem }));
  });

  test('diverges where a gradient overflows without a scale too', () => {
    const line = (rest: Record<string, number>) => [{ step: 7, stage: 'sft' as const, loss: 1, ...rest }];
    expect(() => checkFinite(line({ loss_scale: 1, skipped_steps: 3 }))).not.toThrow();
    expect(() => checkFinite(line({ loss_scale: 0.5, skipped_steps: 4 }))).toThrow(DivergedError);
    expect(() => checkFinite(line({ loss: NaN, loss_scale: 1024 }))).toThrow('step 7: the loss is not a number');
    expect(() => checkFinite(line({ grad_norm: Infinity }))).toThrow(DivergedError);
  });
});
