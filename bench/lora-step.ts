/** The LoRA step that is timed: 8 sequences of 64 tokens on SmolLM2-135M-Instruct's packed weights, activations computed again. */
import { PROJECTIONS } from '../src/config/lora';
import type { Gpu } from '../src/gpu/gpu';
import { loadCheckpoint } from '../src/host/node/checkpoint';
import { Random } from '../src/lib/philox';
import { Model } from '../src/model/model';
import { NextToken } from '../src/objectives/next-token';
import { term } from '../src/objectives/objective';
import type { StepBatch } from '../src/training/gradient-pass';
import { startAdapter } from '../src/training/start-adapter';
import { TrainStep } from '../src/training/train-step';

export const MODEL = '.models/SmolLM2-135M-Instruct.Q4_1.gguf';
export const LORA = { rank: 16, alpha: 32, rslora: false, targets: [...PROJECTIONS], embedToken: null };
const [SEQUENCES, T] = [8, 64];
const OPTIMISER = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxNorm: 1 };

/** The recorded step with an adapter as it begins, and its batch: ids of ordinary words, each learnt from those before it. */
export async function makeLoraStep(gpu: Gpu): Promise<{ model: Model; step: TrainStep; batch: StepBatch }> {
  const opened = await loadCheckpoint(MODEL);
  const { arch, weights, tensorDtype } = opened;
  const model = new Model(gpu, arch, { adapter: LORA, dtype: tensorDtype });
  await model.weights.stream(weights);
  model.weights.load((await startAdapter({ opened }, LORA, 1)).tensors, 'trained');
  const { uniform } = new Random(2, 'task');
  const id = (): number => 1000 + Math.floor(uniform() * 20_000);
  const sequences = Array.from({ length: SEQUENCES }, () => Array.from({ length: T }, id));
  const rows = sequences.flatMap((_, s) => Array.from({ length: T - 1 }, (_one, t) => s * T + t));
  const lm = new NextToken(model, { name: 'lm', targets: rows.length, weight: 1 });
  const step = new TrainStep(gpu, model, SEQUENCES * T, [lm], OPTIMISER, 'recompute');
  await step.record();
  const targets = {
    rows: Uint32Array.from(rows),
    labels: Uint32Array.from(rows, (row) => sequences[Math.floor(row / T)]![(row % T) + 1]!),
    weights: new Float32Array(rows.length).fill(1 / rows.length),
  };
  return { model, step, batch: { sequences, terms: [term(lm, targets)] } };
}
