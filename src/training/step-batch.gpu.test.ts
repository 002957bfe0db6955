import { expect } from 'vitest';
import { testKernel, type Bench } from '../kernels/reference/harness';
import { InputError } from '../lib/errors';
import type { Model } from '../model/model';
import { small, withModel } from '../model/small.test-data';
import { Contrastive } from '../objectives/contrastive';
import { Grpo } from '../objectives/grpo';
import { NextToken } from '../objectives/next-token';
import { term, type Objective, type LossTerm } from '../objectives/objective';
import { RING_SLOTS } from './loss-ring';
import { TrainStep } from './train-step';

const UPDATE = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0, maxNorm: 1 };
const sequences = [
  [1, 2, 3, 4],
  [5, 6, 7],
];
const tokens = (count: number, labels = count) => ({
  rows: new Uint32Array(count),
  labels: new Uint32Array(labels),
  weights: new Float32Array(count).fill(1),
});
const pairs = (positive: number[]) => ({
  queryRows: Uint32Array.of(3, 3),
  documentRows: Uint32Array.of(6, 6, 6),
  positive: Uint32Array.from(positive),
  negative: Uint32Array.of(0, 0),
});

/** A step with one objective of each kind and a small capacity. */
const withStep = (bench: Bench, body: (step: TrainStep, model: Model, o: ReturnType<typeof objectives>) => void) =>
  withModel(bench, small, async (model) => {
    const made = objectives(model);
    const step = new TrainStep(bench.gpu, model, 8, Object.values<Objective>(made), UPDATE);
    try {
      await step.record();
      body(step, model, made);
    } finally {
      step.destroy();
    }
  });
const objectives = (model: Model) => ({
  lm: new NextToken(model, { name: 'lm', targets: 3, weight: 1 }),
  contrastive: new Contrastive(model, { queries: 2, documents: 3, infonce: { weight: 1, temperature: 1 } }),
  grpo: new Grpo(model, 2, { temperature: 1, clip_low: 0.2, clip_high: 0.2, beta: 0 }),
});

testKernel('a step refuses wrong targets in one sentence', (bench) =>
  withStep(bench, (step, model, { lm, contrastive, grpo }) => {
    const sampled = { ...tokens(2), advantages: new Float32Array(1) };
    const logprobs = { oldLogprobs: new Float32Array(2), referenceLogprobs: new Float32Array(2) };
    const other = new NextToken(model, { name: 'other', targets: 1, weight: 1 });
    const cases: [LossTerm[], string, new (message: string) => Error][] = [
      [[term(lm, tokens(4))], 'a batch has 4 lm targets, expected at most 3', InputError],
      [[term(lm, tokens(2, 3))], 'a batch has 3 lm labels, expected one for each of 2 targets', InputError],
      [
        [term(grpo, { ...sampled, ...logprobs })],
        'a batch has 1 grpo advantages, expected one for each of 2 targets',
        InputError,
      ],
      [
        [term(contrastive, { ...pairs([0, 1]), queryRows: new Uint32Array(3) })],
        'a batch compares 3 queries with 3 documents, expected at most 2 and 3',
        InputError,
      ],
      [
        [term(contrastive, pairs([0, 3]))],
        'a batch has 2 positive documents, one of them number 3, expected one for each of 2 queries among 3 documents',
        InputError,
      ],
      [
        [term(contrastive, pairs([0]))],
        'a batch has 1 positive documents, expected one for each of 2 queries among 3 documents',
        InputError,
      ],
      [[term(lm, tokens(1)), term(lm, tokens(2))], 'a batch has targets of one objective twice', Error],
      [[term(other, tokens(1))], 'a batch has targets of other, which this step does not learn', Error],
    ];
    for (const [terms, message, kind] of cases) {
      expect(() => step.gradientsOnly({ sequences, terms })).toThrow(new kind(message));
    }
    other.destroy();
  }),
);

testKernel('what an objective learned in one step is forgotten in the next', (bench) =>
  withModel(bench, small, async (model) => {
    const lm = new NextToken(model, { name: 'lm', targets: 3, weight: 1 });
    const replay = new NextToken(model, { name: 'replay', targets: 3, weight: 1 });
    const step = new TrainStep(bench.gpu, model, 8, [lm, replay], UPDATE);
    try {
      await step.record();
      const of = async (...terms: LossTerm[]) => (await step.read([step.gradientsOnly({ sequences, terms })]))[0]!;
      const alone = await of(term(lm, tokens(2)));
      const both = await of(term(lm, tokens(2)), term(replay, tokens(3)));
      expect(both.metrics['loss/replay']).toBeGreaterThan(0);
      expect(both.metrics.loss).toBeGreaterThan(alone.metrics.loss);
      expect(await of(term(lm, tokens(2)))).toEqual(alone);
      const nothing = await of();
      expect(nothing).toEqual({ metrics: { loss: 0, 'loss/lm': 0, 'loss/replay': 0 }, gradNorm: 0 });
    } finally {
      step.destroy();
    }
  }),
);

testKernel('many updates a step leave the losses of every step between two reads', (bench) =>
  withModel(bench, small, async (model) => {
    const lm = new NextToken(model, { name: 'lm', targets: 3, weight: 1 });
    const step = new TrainStep(bench.gpu, model, 8, [lm], UPDATE);
    try {
      await step.record();
      const batch = { sequences, terms: [term(lm, tokens(3))] };
      const slots = Array.from({ length: RING_SLOTS }, (_, i) => step.run(batch, 1e-2, i + 1, 3));
      const losses = (await step.read(slots)).map(({ metrics }) => metrics.loss);
      expect(new Set(slots).size).toBe(RING_SLOTS);
      // Always the same batch: each step does better than the one before it.
      expect(losses).toEqual(losses.toSorted((a, b) => b - a));
      expect(new Set(losses).size).toBe(RING_SLOTS);
    } finally {
      step.destroy();
    }
  }),
);
