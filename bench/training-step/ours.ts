// Our engine, fed as in a session: a packed batch goes up every step, the gradient program and the update run, and losses
// come back through the ring every few steps.
import { Gpu } from '../../src/gpu/gpu';
import { Random } from '../../src/lib/philox';
import { Model } from '../../src/model/model';
import { checkpointTensors } from '../../src/tensors/layout';
import type { StepBatch, StepCapacity } from '../../src/training/step-batch';
import { TrainStep } from '../../src/training/train-step';
import type { Contender } from './contender';
import { ADAMW, architecture, INITIAL_SCALE, tokenRows, type ModelSize } from './sizes';

/** Steps between two reads of the ring. */
const READ_EVERY = 4;

export function makeBatch(size: ModelSize): StepBatch {
  const rows = tokenRows(size);
  const tokens = size.sequences * size.length;
  return {
    sequences: rows.map((row) => row.slice(0, -1)),
    lm: {
      rows: Uint32Array.from({ length: tokens }, (_, i) => i),
      labels: Uint32Array.from(rows.flatMap((row) => row.slice(1))),
      weights: new Float32Array(tokens).fill(1 / tokens),
    },
  };
}

function loadWeights(model: Model): void {
  const random = new Random(2, 'init');
  const tensors = checkpointTensors(model.architecture).map(({ name, length }): [string, Float32Array] => {
    const values = new Float32Array(length);
    if (name.includes('norm')) values.fill(1);
    else for (let i = 0; i < length; i++) values[i] = random.normal() * INITIAL_SCALE;
    return [name, values];
  });
  model.weights.load(new Map(tensors));
}

/** A recorded step on start weights. */
export async function makeStep(gpu: Gpu, size: ModelSize): Promise<{ model: Model; step: TrainStep }> {
  const model = new Model(gpu, architecture(size));
  loadWeights(model);
  const tokens = size.sequences * size.length;
  const capacity: StepCapacity = { tokens, lm: tokens, sft: 0, grpo: 0, queries: 0, documents: 0 };
  const losses = {
    weight_kl: 0,
    weight_infonce: 0,
    weight_triplet: 0,
    temperature: 1,
    margin: 0,
    grpo: { temperature: 1, clip_low: 0.2, clip_high: 0.2, beta: 0 },
  };
  const { beta1, beta2, eps, weight_decay: weightDecay } = ADAMW;
  const step = new TrainStep(gpu, model, capacity, losses, { beta1, beta2, eps, weightDecay, maxNorm: Infinity });
  await step.record();
  return { model, step };
}

export async function makeOurs(size: ModelSize): Promise<Contender> {
  const gpu = await Gpu.create(await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }));
  const batch = makeBatch(size);
  // Compiling belongs to the first step, as it does in libraries that compile when they are called.
  let made: Awaited<ReturnType<typeof makeStep>> | null = null;
  const losses: number[] = [];
  let slots: number[] = [];
  let t = 0;
  const parameters = checkpointTensors(architecture(size)).reduce((sum, { length }) => sum + length, 0);
  const read = async (step: TrainStep): Promise<void> => {
    losses.push(...(await step.ring.read(slots)).map(({ lm }) => lm));
    slots = [];
  };
  return {
    name: 'Search-R3 Lab',
    parameters,
    async step() {
      made ??= await makeStep(gpu, size);
      slots.push(made.step.run(batch, ADAMW.learning_rate, ++t));
      if (slots.length === READ_EVERY) await read(made.step);
      await gpu.idle();
    },
    async losses() {
      if (made) await read(made.step);
      return losses;
    },
    destroy() {
      made?.step.destroy();
      gpu.destroy();
    },
  };
}
