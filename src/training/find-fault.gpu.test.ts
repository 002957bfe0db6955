import { describe, expect } from 'vitest';
import { testKernel, type Bench } from '../kernels/reference/harness';
import { FiniteWatch } from '../kernels/finite/finite';
import { checkFinite, DivergedError, faultSentence } from './diverged';
import { findFault } from './find-fault';
import { SessionRun, type RunObserver, type RunState } from './session-run';
import { SILENT } from './silent';
import { tinySession } from './tiny.test-data';

const session = tinySession({
  model: {
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
  },
  pretrain: { steps: 6, batch_size: 4 },
  sft: { steps: 3, batch_size: 4, mode: 'both', weight_kl: 0.1 },
  grpo: { steps: 3, batch_size: 2, num_generations: 2, max_completion_length: 8, gate: false, top_p: 0.9, top_k: 20 },
  evaluation: { every: 0 },
  checkpoint: { every: 2 },
});

const runOf = (bench: Bench, observer: Partial<RunObserver> = {}): SessionRun =>
  new SessionRun(bench.gpu, session, {
    ...SILENT,
    ...observer,
  });

/** The state after step 4, with numbers in one tensor that are too large for the products of the next step. */
async function spoilt(bench: Bench, tensor: string): Promise<RunState> {
  const states: RunState[] = [];
  const run = runOf(bench, { checkpoint: (state) => Promise.resolve(void states.push(state)) });
  try {
    while (run.step < 4) await run.advance(1);
    const { blocks } = run.model.table.entry(tensor);
    const { page, offset, rows } = blocks[0]!;
    const state = states.at(-1)!;
    expect(state.step).toBe(4);
    state.weights[page]!.fill(3.3e38, offset / 4, offset / 4 + rows);
    return state;
  } finally {
    run.destroy();
  }
}

describe('training that leaves the finite numbers', () => {
  testKernel('is seen with the losses, and no checkpoint is made of it', async (bench) => {
    const state = await spoilt(bench, '1.down');
    const checkpoints: number[] = [];
    const run = runOf(bench, { checkpoint: ({ step }) => Promise.resolve(void checkpoints.push(step)) });
    try {
      await run.restore(state);
      const failure: unknown = await (async () => {
        while (await run.advance(1));
      })().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DivergedError);
      expect(failure).toMatchObject({ code: 'diverged', step: 5 });
      expect(String(failure)).toMatch(
        /step 5: the (loss|norm of the gradient) is (not a number|infinite), expected finite numbers/,
      );
      expect(checkpoints).toEqual([]);
    } finally {
      run.destroy();
    }
  });

  for (const [tensor, kernel, binding] of [
    ['1.down', /^matmul_/, 'c'],
    ['0.norm1', /^rmsnorm_forward$/, 'y'],
  ] as const) {
    testKernel(`the kernel is named that wrote the first one: too large numbers in ${tensor}`, async (bench) => {
      const state = await spoilt(bench, tensor);
      const make = (observer: RunObserver): SessionRun => runOf(bench, observer);
      const seen = new DivergedError(5, 'the loss is not a number');
      const fault = await findFault(bench.gpu, { make, state, step: 5, isCancelled: () => false });
      expect(fault).toMatchObject({ step: 5, binding });
      expect(fault!.kernel).toMatch(kernel);
      expect(faultSentence(seen, fault, 4)).toBe(
        `step 5: the loss is not a number, expected finite numbers; run again with checks, the steps since step 4 first wrote one at step 5: the kernel ${fault!.kernel}, into ${fault!.tensor} (${binding})`,
      );
      expect(await findFault(bench.gpu, { make, state, step: 5, isCancelled: () => true })).toBeNull();
      expect(bench.gpu.watch).toBeNull();
    });
  }

  testKernel('a run of all stages that goes well writes finite numbers alone', async (bench) => {
    const watch = new FiniteWatch(bench.gpu);
    bench.gpu.watch = watch;
    const run = runOf(bench);
    try {
      while (await run.advance());
      expect(await watch.read()).toEqual([]);
      const again = await findFault(bench.gpu, { make: (of) => runOf(bench, of), state: null, step: 3, isCancelled: () => false }); // prettier-ignore
      expect(again).toBeNull();
      expect(faultSentence(new DivergedError(3, 'the loss is infinite'), again, 0)).toContain('a fault of the device');
    } finally {
      bench.gpu.watch = null;
      run.destroy();
      watch.destroy();
    }
  });

  testKernel('weights that the last step spoilt make no checkpoint', async (bench) => {
    const run = runOf(bench);
    try {
      await run.advance(1);
      const { buffer } = run.model.weights.pages[0]!;
      bench.gpu.device.queue.writeBuffer(buffer, 0, Float32Array.of(Infinity));
      await expect(run.checkpointNow()).rejects.toThrow('step 1: a weight is infinite, expected finite numbers');
    } finally {
      run.destroy();
    }
    expect(() => checkFinite([{ step: 2, stage: 'sft', loss: 1, grad_norm: Infinity }])).toThrow(
      'step 2: the norm of the gradient is infinite, expected finite numbers',
    );
  });
});
