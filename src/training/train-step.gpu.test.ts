import { describe, expect } from 'vitest';
import type { Architecture } from '../config/architecture';
import { SPLIT_NUMERICS } from '../config/numerics';
import { testKernel, type Bench } from '../kernels/reference/harness';
import { grpo, languageModelling, stage1 } from '../model/reference/objectives';
import { pack } from '../model/reference/packing';
import type { Gradients, Parameters } from '../model/reference/parameters';
import { checkpointTensors } from '../tensors/layout';
import { integers, normals, uniforms } from '../kernels/reference/test-data';
import { assertClose, compareNorm, describeComparison, MODEL_TOLERANCE } from '../lib/tolerance';
import { packSequences } from '../model/batch';
import { Model } from '../model/model';
import { randomSequences, small } from '../model/small.test-data';
import { answersObjective } from '../objectives/answers';
import { Contrastive } from '../objectives/contrastive';
import { Grpo } from '../objectives/grpo';
import { NextToken } from '../objectives/next-token';
import { term, type Objective, type LossTerm } from '../objectives/objective';
import type { TokenTargets } from '../objectives/token-rows';
import { TrainStep, type StepReading } from './train-step';

const variants: [string, Architecture][] = [
  ['qwen3, q and k normed, untied head', { ...small, model_type: 'qwen3', tie_word_embeddings: false }],
  ['qwen2, biased, tied head', { ...small, model_type: 'qwen2', attention_bias: true, num_attention_heads: 2 }],
];
const settings = {
  weight_kl: 0.5,
  weight_infonce: 0.8,
  weight_triplet: 0.7,
  weight_distil: 0.6,
  teacher_temperature: 0.4,
  temperature: 0.2,
  margin: 0.3,
  grpo: { temperature: 1, clip_low: 0.2, clip_high: 0.28, beta: 0.04 },
};
const NO_UPDATE = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxNorm: Infinity };

/** Weights of a size at which every part matters, rounded to float32 so that both sides have the same. */
function randomParameters(architecture: Architecture, seed: number): Map<string, Float64Array> {
  let tensorSeed = seed * 1000;
  return new Map(
    checkpointTensors(architecture).map(({ name, length }) => {
      const scale = name.includes('norm') ? 0.3 : 0.25;
      const values = normals(length, tensorSeed++, scale).map((x) => Math.fround(name.includes('norm') ? 1 + x : x));
      return [name, values];
    }),
  );
}

function load(bench: Bench, architecture: Architecture, parameters: Parameters): Model {
  const model = new Model(bench.gpu, architecture);
  model.weights.load(new Map([...parameters].map(([name, values]) => [name, Float32Array.from(values)])));
  return model;
}

interface Case {
  architecture: Architecture;
  parameters: Parameters;
  base?: Parameters;
  sequences: readonly (readonly number[])[];
  /** The objectives of the step with what they learn. @param tokens the capacity of the batch */
  terms: (model: Model, base: Model | null, tokens: number) => LossTerm[];
  /** 2 computes sums of gradients in parts. */
  numerics?: number;
  /** Objectives that learn nothing in this step: they must not show. */
  idle?: (model: Model) => Objective[];
}

/** Losses of one step, and its gradients against the reference's. */
async function checkGradients(bench: Bench, c: Case, expected: Gradients): Promise<StepReading> {
  const { sequences } = c;
  const model = load(bench, c.architecture, c.parameters);
  const base = c.base ? load(bench, c.architecture, c.base) : null;
  // Room to spare in every dimension: it must not show.
  const tokens = sequences.flat().length + 9;
  const terms = c.terms(model, base, tokens);
  const objectives = [...(c.idle?.(model) ?? []), ...terms.map(({ objective }) => objective)];
  const step = new TrainStep(bench.gpu, model, tokens, objectives, NO_UPDATE, 'keep', tokens, c.numerics);
  try {
    await step.record();
    const first = await step.read([step.gradientsOnly({ sequences, terms })]);
    // Replayed, it computes the same: nothing is left over from the first time.
    const [row] = await step.read([step.gradientsOnly({ sequences, terms })]);
    expect(row).toEqual(first[0]);
    const gradients = await step.gradients.read();
    expect(new Set(gradients.keys())).toEqual(new Set(expected.keys()));
    for (const [name, values] of expected) {
      const result = compareNorm(gradients.get(name)!, values);
      if (!result.pass) throw new Error(describeComparison(name, result));
    }
    const norm = Math.hypot(...[...expected.values()].map((values) => Math.hypot(...values)));
    assertClose('gradient norm', [row!.gradNorm], [norm], MODEL_TOLERANCE.trajectory);
    return row!;
  } finally {
    step.destroy();
    model.destroy();
    base?.destroy();
  }
}

/** Every token but the first of each sequence is learnt, except where `skip` says so. */
function targetsOf(sequences: readonly (readonly number[])[], skip = 0) {
  const rows: number[] = [];
  const labels: number[] = [];
  const ignored: number[] = [];
  let start = 0;
  for (const sequence of sequences) {
    sequence.forEach((id, t) => {
      const learnt = t > skip;
      ignored.push(learnt ? id : -100);
      if (!learnt) return;
      rows.push(start + t - 1);
      labels.push(id);
    });
    start += sequence.length;
  }
  return { rows: Uint32Array.from(rows), labels: Uint32Array.from(labels), ignored };
}
const evenly = (count: number, weight = 1) => new Float32Array(count).fill(weight / count);

const nextToken = (model: Model, name: string, targets: TokenTargets, weight: number): LossTerm =>
  term(new NextToken(model, { name, targets: targets.rows.length + 3, weight }), targets);

describe('one step against the f64 model', () => {
  for (const [name, architecture] of variants) {
    const parameters = randomParameters(architecture, 1);

    testKernel(`next-token prediction: ${name}`, async (bench) => {
      const sequences = randomSequences(7, architecture.vocab_size);
      const { rows, labels, ignored } = targetsOf(sequences, 1);
      const reference = languageModelling({ architecture, parameters }, pack(sequences), ignored);
      const targets = { rows, labels, weights: evenly(rows.length) };
      const terms = (model: Model) => [nextToken(model, 'lm', targets, 1)];
      const { metrics } = await checkGradients(
        bench,
        { architecture, parameters, sequences, terms },
        reference.gradients,
      );
      assertClose('loss', [metrics.loss], [reference.loss], MODEL_TOLERANCE.loss);
    });

    testKernel(`sums in parts: ${name}`, async (bench) => {
      // Parts are of 64 tokens.
      const sequences = randomSequences(13, architecture.vocab_size);
      expect(sequences.flat().length).toBeGreaterThan(3 * 64);
      const { rows, labels, ignored } = targetsOf(sequences, 1);
      const reference = languageModelling({ architecture, parameters }, pack(sequences), ignored);
      const targets = { rows, labels, weights: evenly(rows.length) };
      const terms = (model: Model) => [nextToken(model, 'lm', targets, 1)];
      const c = { architecture, parameters, sequences, terms, numerics: SPLIT_NUMERICS };
      const { metrics } = await checkGradients(bench, c, reference.gradients);
      assertClose('loss', [metrics.loss], [reference.loss], MODEL_TOLERANCE.loss);
    });

    testKernel(`answers, KL, contrastive terms, a teacher and replay in one pass: ${name}`, async (bench) => {
      const queries = randomSequences(5, architecture.vocab_size, 2);
      const documents = randomSequences(4, architecture.vocab_size, 3);
      const facts = randomSequences(3, architecture.vocab_size, 4);
      const base = randomParameters(architecture, 2);
      const sft = targetsOf(queries, 1);
      const lm = targetsOf(facts);
      const ends = (sequences: number[][]) =>
        packSequences(sequences).starts.map((s, i) => s + sequences[i]!.length - 1);
      const positive = [0, 1, 2, 3, 1];
      const negative = [1, 2, 0, 3, 2];
      const [queryRows, documentRows] = [ends(queries), ends(documents)];
      const teacher = Float32Array.from(uniforms(queryRows.length * documentRows.length, 5));
      const reference = stage1(
        { architecture, parameters },
        { architecture, parameters: base },
        {
          queries: pack(queries),
          documents: pack(documents),
          queryLabels: sft.ignored,
          queryRows,
          documentRows,
          positive,
          negative,
          teacher,
        },
        { ...settings, weight_sft: 0.9 },
      );
      const replay = languageModelling({ architecture, parameters }, pack(facts), lm.ignored);
      const weight = 0.3;
      for (const [tensor, values] of replay.gradients) {
        const sum = reference.gradients.get(tensor)!;
        values.forEach((value, i) => (sum[i]! += weight * value));
      }
      const [documentsFrom, factsFrom] = [queries.flat().length, [...queries, ...documents].flat().length];
      const answers = { rows: sft.rows, labels: sft.labels, weights: evenly(sft.rows.length, 0.9) };
      const pairs = {
        queryRows: Uint32Array.from(queryRows),
        documentRows: Uint32Array.from(documentRows, (r) => r + documentsFrom),
        positive: Uint32Array.from(positive),
        negative: Uint32Array.from(negative),
        teacher,
      };
      const learnt = {
        rows: lm.rows.map((r) => r + factsFrom),
        labels: lm.labels,
        weights: evenly(lm.rows.length, weight),
      };
      const terms = (model: Model, frozen: Model | null, tokens: number) => [
        term(
          answersObjective(model, {
            targets: sft.rows.length + 5,
            weight: 0.9,
            kl: frozen && { weight: settings.weight_kl, base: frozen, tokens },
          }),
          answers,
        ),
        term(
          new Contrastive(model, {
            queries: queryRows.length + 1,
            documents: documentRows.length + 2,
            infonce: { weight: settings.weight_infonce, temperature: settings.temperature },
            triplet: { weight: settings.weight_triplet, margin: settings.margin },
            distil: { weight: settings.weight_distil, teacherTemperature: settings.teacher_temperature },
          }),
          pairs,
        ),
        nextToken(model, 'replay', learnt, weight),
      ];
      const sequences = [...queries, ...documents, ...facts];
      const { metrics } = await checkGradients(
        bench,
        { architecture, parameters, base, sequences, terms },
        reference.gradients,
      );
      const { loss_sft, loss_kl, loss_infonce, loss_triplet, loss_distil } = reference;
      assertClose(
        'losses',
        ['sft', 'kl', 'infonce', 'triplet', 'distil', 'replay'].map((name) => metrics[`loss/${name}`]!),
        [loss_sft, loss_kl, loss_infonce, loss_triplet, loss_distil, replay.loss],
        MODEL_TOLERANCE.loss,
      );
    });

    testKernel(`sampled tokens with their advantages: ${name}`, async (bench) => {
      const sequences = randomSequences(5, architecture.vocab_size, 5);
      const { rows, labels } = targetsOf(sequences, 2);
      const count = rows.length;
      const tokenRows = Array.from(rows, (r) => r + 1);
      const model = { architecture, parameters };
      const input = { batch: pack(sequences), tokenRows, advantage: normals(count, 6) };
      const zeros = new Float64Array(count);
      const now = grpo(model, { ...input, old_logprobs: zeros, ref_logprobs: zeros }, settings.grpo).logprobs;
      // Ratios on both sides of both clips.
      const near = (scale: number, seed: number) =>
        Float32Array.from(uniforms(count, seed), (u, i) => now[i]! + scale * (u - 0.5));
      const [oldLogprobs, referenceLogprobs] = [near(1, 7), near(0.8, 8)];
      const advantages = Float32Array.from(input.advantage);
      const reference = grpo(
        model,
        { ...input, advantage: advantages, old_logprobs: oldLogprobs, ref_logprobs: referenceLogprobs },
        settings.grpo,
      );
      const sampled = { rows, labels, weights: evenly(count), advantages, oldLogprobs, referenceLogprobs };
      // Beside objectives that learn nothing: each has its own counts.
      const idle = (own: Model) => [new NextToken(own, { name: 'lm', targets: 90, weight: 1 })];
      const terms = (own: Model) => [term(new Grpo(own, count + 2, settings.grpo), sampled)];
      const { metrics } = await checkGradients(
        bench,
        { architecture, parameters, sequences, terms, idle },
        reference.gradients,
      );
      const [low, high] = [metrics['clip_ratio/low_mean']!, metrics['clip_ratio/high_mean']!];
      expect(Math.min(low, high)).toBeGreaterThan(0);
      assertClose(
        'losses',
        [metrics.loss, metrics['kl']!, low + high],
        [reference.loss, reference.kl, reference.clip_ratio],
        MODEL_TOLERANCE.loss,
      );
    });
  }

  testKernel('a token in many sequences, and one in none: the gradient of each is its own', async (bench) => {
    const architecture: Architecture = { ...small, tie_word_embeddings: false };
    const parameters = randomParameters(architecture, 3);
    const sequences = Array.from({ length: 9 }, (_, i) => [7, 7, ...integers(3, 7, i)]);
    const { rows, labels, ignored } = targetsOf(sequences);
    const reference = languageModelling({ architecture, parameters }, pack(sequences), ignored);
    const unseen = reference.gradients.get('model.embed_tokens.weight')!.subarray(8 * architecture.hidden_size);
    expect(unseen.every((x) => x === 0)).toBe(true);
    const targets = { rows, labels, weights: evenly(rows.length) };
    const terms = (model: Model) => [nextToken(model, 'lm', targets, 1)];
    await checkGradients(bench, { architecture, parameters, sequences, terms }, reference.gradients);
  });
});
