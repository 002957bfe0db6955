// Our engine, fed as in a session: a packed batch goes up every step, the gradient program and the update run, and losses
// come back through the ring every few steps.
import { FIRST_NUMERICS } from '../../src/config/numerics';
import { Gpu } from '../../src/gpu/gpu';
import { Random } from '../../src/lib/philox';
import { Model } from '../../src/model/model';
import { NextToken } from '../../src/objectives/next-token';
import { term } from '../../src/objectives/objective';
import { checkpointTensors } from '../../src/tensors/layout';
import type { StepBatch } from '../../src/training/gradient-pass';
import { TrainStep } from '../../src/training/train-step';
import type { Contender } from './contender';
import { ADAMW, architecture, INITIAL_SCALE, tokenRows, type ModelSize } from './sizes';

/** Steps between two reads of the ring. */
const READ_EVERY = 4;

function makeBatch(size: ModelSize, lm: NextToken): StepBatch {
  const rows = tokenRows(size);
  const tokens = size.sequences * size.length;
  return {
    sequences: rows.map((row) => row.slice(0, -1)),
    terms: [
      term(lm, {
        rows: Uint32Array.from({ length: tokens }, (_, i) => i),
        labels: Uint32Array.from(rows.flatMap((row) => row.slice(1))),
        weights: new Float32Array(tokens).fill(1 / tokens),
      }),
    ],
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

/** A recorded step on start weights, and the batch it runs on. */
export async function makeStep(
  gpu: Gpu,
  size: ModelSize,
  numerics: number = FIRST_NUMERICS,
): Promise<{ model: Model; step: TrainStep; batch: StepBatch }> {
  const model = new Model(gpu, architecture(size));
  loadWeights(model);
  const tokens = size.sequences * size.length;
  const lm = new NextToken(model, { name: 'lm', targets: tokens, weight: 1 });
  const { beta1, beta2, eps, weight_decay: weightDecay } = ADAMW;
  const optimiser = { beta1, beta2, eps, weightDecay, maxNorm: Infinity };
  const step = new TrainStep(gpu, model, tokens, [lm], optimiser, 'keep', tokens, numerics);
  await step.record();
  return { model, step, batch: makeBatch(size, lm) };
}

export async function makeOurs(size: ModelSize): Promise<Contender> {
  const gpu = await Gpu.create(await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }));
  // Compiling belongs to the first step, as it does in libraries that compile when they are called.
  let made: Awaited<ReturnType<typeof makeStep>> | null = null;
  const losses: number[] = [];
  let slots: number[] = [];
  let t = 0;
  const parameters = checkpointTensors(architecture(size)).reduce((sum, { length }) => sum + length, 0);
  const read = async (step: TrainStep): Promise<void> => {
    losses.push(...(await step.read(slots)).map(({ metrics }) => metrics.loss));
    slots = [];
  };
  return {
    name: 'Search-R3 Lab',
    parameters,
    async step() {
      made ??= await makeStep(gpu, size);
      slots.push(made.step.run(made.batch, ADAMW.learning_rate, ++t));
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
