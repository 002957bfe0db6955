import type { Gpu } from '../../gpu/gpu';
import { Recorder } from '../../gpu/recorder';
import { matmul } from '../../kernels/matmul/matmul';
import { countWords, fixedRows } from '../../kernels/rows';
import { Random } from '../../lib/philox';
import { compare, KERNEL_TOLERANCE } from '../../lib/tolerance';
import { Model } from '../../model/model';
import { NextToken } from '../../objectives/next-token';
import { term } from '../../objectives/objective';
import type { SelfTestResult } from '../../records/device';
import { checkFixture, type Fixture } from '../check';
import { TrainStep } from '../train-step';
import { grpoFixture, ids, lmFixture, loraFixture, randomModel, singles, small, stage1Fixture } from './fixtures';

type Outcome = Pick<SelfTestResult, 'pass' | 'largest' | 'worst' | 'compared'>;

interface Case {
  name: string;
  about: string;
  run: (gpu: Gpu) => Promise<Outcome>;
}

const fixtureCase = (name: string, about: string, make: () => Fixture): Case => ({
  name,
  about,
  run: async (gpu) => {
    const { pass, errors } = await checkFixture(gpu, make());
    const [worst = ['', 0] as const] = Object.entries(errors).sort(([, a], [, b]) => b - a);
    return { pass, largest: worst[1], worst: worst[0], compared: Object.keys(errors).length };
  },
});

/** The cases of the self-test, in the order in which they run. */
const CASES: readonly Case[] = [
  { name: 'Matrix product', about: 'Odd sizes, either side turned, against f64.', run: products },
  fixtureCase('A llama', 'Forward pass, loss, every gradient, and three steps of AdamW, against f64.', () =>
    lmFixture('llama', small, 11),
  ),
  fixtureCase('A qwen3', 'The same, with normed queries and keys and a head of its own.', () =>
    lmFixture('qwen3', { ...small, model_type: 'qwen3', tie_word_embeddings: false }, 12),
  ),
  fixtureCase('A qwen2', 'The same, with biases.', () =>
    lmFixture('qwen2', { ...small, model_type: 'qwen2', attention_bias: true }, 13),
  ),
  fixtureCase('LoRA', 'An adapter on every projection and a token’s own row, its base frozen.', () =>
    loraFixture('lora', small, 17),
  ),
  fixtureCase('Stage 1', 'Answers, KL, InfoNCE and triplet, with every gradient.', () =>
    stage1Fixture('stage 1', small, 14),
  ),
  fixtureCase('Stage 2', 'GRPO’s clipped objective with its KL, with every gradient.', () =>
    grpoFixture('stage 2', small, 15),
  ),
  { name: 'The same bits twice', about: 'Four steps of training, begun twice: every weight to the bit.', run: twice },
];

/** The names and descriptions of the cases, in order. */
export const SELF_TEST_CASES: readonly { name: string; about: string }[] = CASES;

/**
 * Tests the engine on this device against the plain f64 reference of every layer, computed on the spot, and against
 * itself. Takes some seconds.
 * @param tell called with each case's result.
 * @returns whether it came to its end; false where it was cancelled.
 * @throws DeviceLostError
 */
export async function selfTest(
  gpu: Gpu,
  tell: (result: SelfTestResult) => void,
  isCancelled: () => boolean,
): Promise<boolean> {
  for (const { name, about, run } of CASES) {
    // Messages are only received between two tasks.
    await new Promise((resolve) => setTimeout(resolve));
    if (isCancelled()) return false;
    const began = performance.now();
    const outcome = await run(gpu);
    tell({ name, about, ...outcome, milliseconds: performance.now() - began });
  }
  return true;
}

async function products(gpu: Gpu): Promise<Outcome> {
  const random = new Random(7, 'init');
  let outcome: Outcome = { pass: true, largest: 0, worst: '', compared: 0 };
  for (const [rows, inner, columns] of [
    [1, 1, 1],
    [5, 129, 3],
    [61, 17, 65],
    [65, 200, 129],
  ] as const) {
    for (const [aTurned, bTurned] of [
      [false, true],
      [false, false],
      [true, false],
    ] as const) {
      const a = Float32Array.from({ length: rows * inner }, () => random.normal());
      const b = Float32Array.from({ length: inner * columns }, () => random.normal());
      const views = [gpu.upload('a', a), gpu.upload('b', b), gpu.buffer('c', rows * columns * 4)] as const;
      const counts = gpu.upload('counts', countWords({}));
      const recorder = new Recorder(gpu, 'self-test');
      matmul(
        recorder,
        { counts },
        {
          rows: fixedRows(rows),
          inner: fixedRows(inner),
          columns,
          a: { view: views[0], stride: aTurned ? rows : inner, transposed: aTurned },
          b: { view: views[1], stride: bTurned ? inner : columns, transposed: bTurned },
          c: views[2],
          cStride: columns,
        },
      );
      const program = await recorder.finish();
      program.run();
      const actual = await gpu.readFloats(views[2], rows * columns);
      program.destroy();
      gpu.free(...views, counts);
      const expected = Float64Array.from({ length: rows * columns }, (_, at) => {
        const [i, j] = [Math.floor(at / columns), at % columns];
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum += a[aTurned ? k * rows + i : i * inner + k]! * b[bTurned ? j * inner + k : k * columns + j]!;
        }
        return sum;
      });
      const { pass, largest } = compare(actual, expected, KERNEL_TOLERANCE.matmul.forward);
      const isWorst = largest >= outcome.largest;
      outcome = {
        pass: outcome.pass && pass,
        largest: Math.max(largest, outcome.largest),
        worst: isWorst ? `${rows} × ${inner} × ${columns}` : outcome.worst,
        compared: outcome.compared + expected.length,
      };
    }
  }
  return outcome;
}

async function twice(gpu: Gpu): Promise<Outcome> {
  const [first, second] = [await trained(gpu), await trained(gpu)];
  let compared = 0;
  for (const [name, values] of first) {
    const again = second.get(name);
    const at = values.findIndex((value, i) => !Object.is(value, again?.[i]));
    if (at >= 0) {
      return { pass: false, largest: Math.abs(values[at]! - (again?.[at] ?? NaN)), worst: name, compared };
    }
    compared += values.length;
  }
  return { pass: true, largest: 0, worst: '', compared };
}

/** The weights after a few steps. */
async function trained(gpu: Gpu): Promise<Map<string, Float32Array>> {
  const model = new Model(gpu, small);
  model.weights.load(singles(randomModel(small, 16)));
  const flat = ids(new Random(16, 'sample'), 4, small.vocab_size);
  const length = flat.length / 4;
  const sequences = Array.from({ length: 4 }, (_, row) => flat.slice(row * length, (row + 1) * length));
  const rows = Uint32Array.from(flat.keys()).filter((at) => at % length < length - 1);
  const targets = {
    rows,
    labels: rows.map((at) => flat[at + 1]!),
    weights: new Float32Array(rows.length).fill(1 / rows.length),
  };
  const lm = new NextToken(model, { name: 'lm', targets: rows.length, weight: 1 });
  const optimiser = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.1, maxNorm: 1 };
  const step = new TrainStep(gpu, model, flat.length, [lm], optimiser);
  await step.record();
  for (let t = 1; t <= 4; t++) await step.read([step.run({ sequences, terms: [term(lm, targets)] }, 0.01, t)]);
  const weights = await model.weights.read();
  step.destroy();
  model.destroy();
  return weights;
}
