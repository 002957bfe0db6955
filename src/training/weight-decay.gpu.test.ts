import { describe, expect } from 'vitest';
import type { Architecture } from '../config/architecture';
import { testKernel, type Bench } from '../kernels/reference/harness';
import { assertClose, KERNEL_TOLERANCE } from '../lib/tolerance';
import { randomSequences, small, withModel } from '../model/small.test-data';
import { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import { checkpointTensors } from '../tensors/layout';
import { TrainStep } from './train-step';

const RATE = 0.5;
const SETTINGS = { beta1: 0.9, beta2: 0.98, eps: 1e-8, maxNorm: 1 };
type Decay = { weightDecay: number; decayNorms?: boolean };

/** A model's weights after one step of next-token prediction, and before it. */
const stepped = (bench: Bench, architecture: Architecture, decay: Decay) =>
  withModel(bench, architecture, async (model) => {
    const before = await model.weights.read();
    const sequences = randomSequences(5, architecture.vocab_size);
    const tokens = sequences.flat();
    const lm = new NextToken(model, { name: 'lm', targets: tokens.length, weight: 1 });
    const step = new TrainStep(bench.gpu, model, tokens.length, [lm], { ...SETTINGS, ...decay });
    await step.record();
    const rows = Uint32Array.from({ length: 4 }, (_, i) => i + 1);
    const targets = { rows, labels: Uint32Array.of(3, 5, 7, 9), weights: new Float32Array(4).fill(0.25) };
    step.run({ sequences, terms: [term(lm, targets)] }, RATE, 1);
    const after = await model.weights.read();
    step.destroy();
    return { before, after };
  });

describe('weight decay that leaves norms and biases', () => {
  for (const [name, architecture] of [
    ['qwen2, biased', { ...small, model_type: 'qwen2', attention_bias: true }],
    ['qwen3, q and k normed, untied', { ...small, model_type: 'qwen3', tie_word_embeddings: false }],
  ] as const) {
    testKernel(name, async (bench) => {
      const all = await stepped(bench, architecture, { weightDecay: 0.1 });
      const none = await stepped(bench, architecture, { weightDecay: 0, decayNorms: false });
      const matrices = await stepped(bench, architecture, { weightDecay: 0.1, decayNorms: false });
      for (const { name: tensor, shape } of checkpointTensors(architecture)) {
        // Bit for bit: as where everything decays, and as where nothing does.
        expect(matrices.after.get(tensor), tensor).toEqual((shape.length > 1 ? all : none).after.get(tensor));
        // w (1 − lr λ) in place of w, in f64: norms begin at 1, so that a step of theirs shows it.
        const start = Float64Array.from(all.before.get(tensor)!);
        const plain = none.after.get(tensor)!;
        const decayed = start.map((w, i) => plain[i]! - w * RATE * 0.1);
        assertClose(tensor, all.after.get(tensor)!, decayed, KERNEL_TOLERANCE.optimizer.forward);
      }
    });
  }
});
