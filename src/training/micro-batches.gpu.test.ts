import { describe, expect } from 'vitest';
import type { Architecture } from '../config/architecture';
import { PROJECTIONS } from '../config/lora';
import { SPLIT_NUMERICS } from '../config/numerics';
import { testKernel, type Bench } from '../kernels/reference/harness';
import { uniforms } from '../kernels/reference/test-data';
import { Random } from '../lib/philox';
import { assertClose, compareNorm, describeComparison, MODEL_TOLERANCE } from '../lib/tolerance';
import { packSequences } from '../model/batch';
import { Model } from '../model/model';
import { randomSequences, small } from '../model/small.test-data';
import { answersObjective } from '../objectives/answers';
import { Contrastive } from '../objectives/contrastive';
import { Grpo } from '../objectives/grpo';
import { NextToken } from '../objectives/next-token';
import { term, type Objective, type LossTerm } from '../objectives/objective';
import type { TableOptions } from '../tensors/table';
import { TrainStep } from './train-step';

const UPDATE = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01, maxNorm: 1 };
const GRPO = { temperature: 1, clip_low: 0.2, clip_high: 0.28, beta: 0.04 };

const architectures: [string, Architecture][] = [
  ['llama, tied', small],
  ['qwen3, q and k normed, untied', { ...small, model_type: 'qwen3', tie_word_embeddings: false }],
  ['qwen2, biased, tied', { ...small, model_type: 'qwen2', attention_bias: true }],
];
const adapter = {
  rank: 3,
  alpha: 6,
  rslora: false,
  targets: PROJECTIONS.filter((name) => name !== 'k_proj'),
  embedToken: 5,
};
const trainings: [string, TableOptions][] = [
  ['all weights', {}],
  ['an adapter', { adapter }],
];

/** The batch of an update: what sequences of 1, 4, 7, … tokens learn. @param atOnce capacity of every objective in tokens */
type Losses = (model: Model, base: Model, atOnce: number) => { terms: LossTerm[]; idle?: Objective[] };

const sequences = randomSequences(9, small.vocab_size, 3);
const tokens = sequences.flat().length;
const { starts } = packSequences(sequences);
const endOf = (sequence: number) => starts[sequence]! + sequences[sequence]!.length - 1;
/** Rows of some sequences whose next token is learnt, unevenly. */
function targets(of: readonly number[], weight: number) {
  const rows = of.flatMap((i) => sequences[i]!.slice(1).map((_, t) => starts[i]! + t));
  const shares = uniforms(rows.length, 4);
  const sum = shares.reduce((all, share) => all + share, 0);
  return {
    rows: Uint32Array.from(rows),
    labels: Uint32Array.from(rows, (row) => sequences.flat()[row + 1]!),
    weights: Float32Array.from(shares, (share) => (weight * share) / sum),
  };
}
const least = (learnt: { rows: Uint32Array }, atOnce: number) => Math.min(learnt.rows.length, atOnce);

const supervised: Losses = (model, base, atOnce) => {
  const learnt = targets([1, 3, 5, 8], 0.9);
  const replayed = targets([2, 6], 0.3);
  const answers = answersObjective(model, {
    targets: least(learnt, atOnce),
    weight: 0.9,
    kl: { weight: 0.5, base, tokens: atOnce },
  });
  const contrastive = new Contrastive(model, {
    queries: 5,
    documents: 6,
    infonce: { weight: 0.8, temperature: 0.2 },
    triplet: { weight: 0.7, margin: 0.3 },
    distil: { weight: 0.6, teacherTemperature: 0.4 },
  });
  const replay = new NextToken(model, { name: 'replay', targets: least(replayed, atOnce), weight: 0.3 });
  const pairs = {
    // The last sequences are in no pair.
    queryRows: Uint32Array.from([1, 3, 5, 4], endOf),
    documentRows: Uint32Array.from([6, 0, 2, 5, 1], endOf),
    positive: Uint32Array.of(1, 0, 3, 4),
    negative: Uint32Array.of(0, 2, 2, 1),
    teacher: Float32Array.from(uniforms(4 * 5, 10)),
  };
  return { terms: [term(answers, learnt), term(contrastive, pairs), term(replay, replayed)] };
};

const policy: Losses = (model, _, atOnce) => {
  const learnt = targets([1, 2, 3, 4, 5, 6, 7, 8], 1);
  const of = (seed: number, scale: number, middle: number) =>
    Float32Array.from(uniforms(learnt.rows.length, seed), (u) => middle + scale * (u - 0.5));
  const grpo = new Grpo(model, least(learnt, atOnce), GRPO);
  const near = { oldLogprobs: of(7, 1, -3.7), referenceLogprobs: of(8, 0.8, -3.7), advantages: of(9, 2, 0) };
  // Without a pair, as where no completion was good enough.
  const idle = new Contrastive(model, { queries: 2, documents: 4, infonce: { weight: 0.1, temperature: 0.2 } });
  return { terms: [term(grpo, { ...learnt, ...near })], idle: [idle] };
};

const losses: [string, Losses][] = [
  ['answers, KL, contrastive terms, a teacher and replay', supervised],
  ['sampled tokens with their advantages', policy],
];

interface Options extends TableOptions {
  losses: Losses;
  activations: 'keep' | 'recompute';
  atOnce: number;
  numerics?: number;
}

/** Two steps on one batch: what they measure, the second one's gradients, and the weights after them. */
async function twoSteps({ gpu }: Bench, architecture: Architecture, o: Options) {
  const model = new Model(gpu, architecture, o);
  const base = new Model(gpu, architecture);
  model.weights.initialise(new Random(5, 'init'), 0.3);
  base.weights.initialise(new Random(6, 'init'), 0.3);
  const { terms, idle = [] } = o.losses(model, base, o.atOnce);
  const objectives = [...terms.map(({ objective }) => objective), ...idle];
  const step = new TrainStep(gpu, model, tokens, objectives, UPDATE, o.activations, o.atOnce, o.numerics);
  try {
    await step.record();
    const batch = { sequences, terms };
    const readings = await step.read([step.run(batch, 1e-3, 1), step.run(batch, 1e-3, 2)]);
    return {
      readings,
      gradients: await step.gradients.read(),
      weights: await model.weights.read('trained'),
      bytes: step.activations.bytes,
    };
  } finally {
    step.destroy();
    model.destroy();
    base.destroy();
  }
}

/** Computed in parts of each of these sizes it gives what it gives as a whole, and the same bits again. */
async function checkParts(
  bench: Bench,
  architecture: Architecture,
  options: Omit<Options, 'activations' | 'atOnce'>,
  sizes: readonly number[],
): Promise<void> {
  const kept = { ...options, activations: 'keep' as const };
  const whole = await twoSteps(bench, architecture, { ...kept, atOnce: tokens });
  for (const atOnce of sizes) {
    const parts = await twoSteps(bench, architecture, { ...kept, atOnce });
    whole.readings.forEach(({ metrics, gradNorm }, at) => {
      const found = parts.readings[at]!;
      expect(Object.keys(found.metrics)).toEqual(Object.keys(metrics));
      assertClose('losses', Object.values(found.metrics), Object.values(metrics), MODEL_TOLERANCE.loss);
      assertClose('gradient norm', [found.gradNorm], [gradNorm], MODEL_TOLERANCE.trajectory);
    });
    for (const kind of ['gradients', 'weights'] as const) {
      expect([...parts[kind].keys()]).toEqual([...whole[kind].keys()]);
      for (const [tensor, values] of whole[kind]) {
        const result = compareNorm(parts[kind].get(tensor)!, values, MODEL_TOLERANCE.microBatches);
        if (!result.pass) throw new Error(describeComparison(`${kind} ${tensor}`, result));
      }
    }
    expect(parts.bytes / whole.bytes).toBeCloseTo(atOnce / tokens, 2);
    // Again, and computed again in the backward pass: the same bits.
    expect(await twoSteps(bench, architecture, { ...kept, atOnce })).toEqual(parts);
    const { bytes, ...again } = await twoSteps(bench, architecture, { ...options, atOnce, activations: 'recompute' });
    expect(bytes).toBeLessThan(parts.bytes);
    expect(again).toEqual({ readings: parts.readings, gradients: parts.gradients, weights: parts.weights });
  }
}

describe('a step in parts is the step on the whole batch', () => {
  for (const [name, architecture] of architectures) {
    for (const [trained, table] of trainings) {
      for (const [learnt, of] of losses) {
        // About a third of the tokens, and no more than the longest sequence.
        testKernel(`${learnt}: ${name}, ${trained}`, (bench) =>
          checkParts(bench, architecture, { ...table, losses: of }, [Math.ceil(tokens / 3), 25]),
        );
      }
      // Of the whole batch and of a part there are two sums in parts, of 64 tokens and the rest.
      testKernel(`sums in parts: ${name}, ${trained}`, (bench) =>
        checkParts(bench, architecture, { ...table, losses: supervised, numerics: SPLIT_NUMERICS }, [80]),
      );
    }
  }

  testKernel('a sequence longer than a part is refused', async (bench) => {
    await expect(twoSteps(bench, small, { losses: policy, activations: 'keep', atOnce: 24 })).rejects.toThrow(
      'a batch has 25 tokens, expected at most 24',
    );
  });
});
