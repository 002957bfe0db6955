import type { Architecture } from '../../config/architecture';
import { loraScale, PROJECTIONS } from '../../config/lora';
import type { SafeTensor } from '../../formats/safetensors';
import { adamwStep, clipCoefficient, globalNorm } from '../../kernels/adamw/adamw.reference';
import { groupAdvantage } from '../../kernels/grpo/grpo.reference';
import { Random } from '../../lib/philox';
import { adapted, adapterGradients } from '../../model/reference/adapter';
import { grpo, languageModelling, stage1, type Model } from '../../model/reference/objectives';
import { packMatrix } from '../../model/reference/packing';
import { tensor, zeroGradients, type Gradients } from '../../model/reference/parameters';
import { checkpointTensors, tensorLayout } from '../../tensors/layout';
import type { Fixture } from '../check';

/** Cases like those that PyTorch computed for the tests, computed here in f64 by the plain reference of every layer. */

const IGNORED = -100;
const LENGTH = 11;
const ADAMW = { lr: 0.01, beta1: 0.9, beta2: 0.98, eps: 1e-8, weight_decay: 0.1 };
const CLIP = 1;
const STEPS = 3;

/** Two layers, shared key heads, sizes that no workgroup divides. */
export const small: Architecture = {
  model_type: 'llama',
  vocab_size: 61,
  hidden_size: 36,
  intermediate_size: 50,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  head_dim: 6,
  max_position_embeddings: 48,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  tie_word_embeddings: true,
  attention_bias: false,
};

/** Weights at which every part matters, as float32 has them. */
export function randomModel(architecture: Architecture, seed: number): Model {
  const random = new Random(seed, 'init');
  const draw = (name: string): number => (name.includes('norm') ? 1 + 0.3 * random.normal() : 0.25 * random.normal());
  const parameters = checkpointTensors(architecture).map(({ name, length }) => {
    const values = Float32Array.from({ length }, () => draw(name));
    return [name, Float64Array.from(values)] as const;
  });
  return { architecture, parameters: new Map(parameters) };
}

export const singles = ({ parameters }: Model): Map<string, Float32Array> =>
  new Map([...parameters].map(([name, values]) => [name, Float32Array.from(values)]));

const matrix = (values: ArrayLike<number>, columns = 1): SafeTensor => ({
  dtype: 'F32',
  shape: [values.length / columns, columns],
  // As the fixtures of PyTorch store them.
  data: Float32Array.from(values),
});

function gradientTensors(gradients: Gradients): [string, SafeTensor][] {
  return [...gradients].map(([name, values]) => [`grad/${name}`, matrix(values)]);
}

/** Ids (rows, LENGTH) below the vocabulary. */
export function ids(random: Random, rows: number, vocabulary: number): number[] {
  return Array.from({ length: rows * LENGTH }, () => random.integer(vocabulary));
}

/** Labels of `input`, those of each row's first few ignored. */
const labelsOf = (input: readonly number[]): number[] => input.map((id, at) => (at % LENGTH < 4 ? IGNORED : id));

/** Forward pass, next-token loss, every gradient, and the first steps of AdamW. */
export function lmFixture(name: string, architecture: Architecture, seed: number): Fixture {
  const model = randomModel(architecture, seed);
  const tensors = singles(model);
  const input = ids(new Random(seed, 'sample'), 3, architecture.vocab_size);
  const labels = labelsOf(input);
  const batch = packMatrix(input, LENGTH);
  const learn = () => languageModelling(model, batch, labels);
  const first = learn();
  const trained = fitted(model.parameters, learn);
  return {
    name,
    arch: architecture,
    tensors,
    base: null,
    adapter: null,
    settings: { kind: 'lm', adamw: { ...ADAMW, clip_norm: CLIP } },
    reference: lmReference(input, labels, first, trained),
  };
}

/** The same case for an adapter on all projections and a token's own row, its base frozen. */
export function loraFixture(name: string, architecture: Architecture, seed: number): Fixture {
  const base = randomModel(architecture, seed);
  const settings = { rank: 3, alpha: 5, rslora: true, targets: PROJECTIONS, embedToken: 7 };
  const random = new Random(seed, 'sample');
  const own = tensorLayout(architecture, { adapter: settings }).filter(({ group }) => group === 'trained');
  const tensors = new Map(
    own.flatMap(({ parts }) =>
      parts.map(
        (part) => [part.name, Float32Array.from({ length: part.length }, () => 0.3 * random.normal())] as const,
      ),
    ),
  );
  const parameters = new Map([...tensors].map(([key, values]) => [key, Float64Array.from(values)]));
  const adapter = { parameters, rank: settings.rank, scale: loraScale(settings), token: settings.embedToken };
  const input = ids(random, 3, architecture.vocab_size);
  // The row is read, and predicted.
  input[6] = settings.embedToken;
  input[9] = settings.embedToken;
  const labels = labelsOf(input);
  const learn = () => {
    const found = languageModelling(adapted(base, adapter), packMatrix(input, LENGTH), labels);
    return { ...found, gradients: adapterGradients(found.gradients, adapter) };
  };
  const first = learn();
  const trained = fitted(parameters, learn);
  return {
    name,
    arch: architecture,
    tensors: singles(base),
    base: null,
    adapter: { settings, tensors },
    settings: { kind: 'lora', adamw: { ...ADAMW, clip_norm: CLIP } },
    reference: lmReference(input, labels, first, trained),
  };
}

/** Losses and norms of the first steps of AdamW, which change the parameters. */
function fitted(
  parameters: ReadonlyMap<string, Float64Array>,
  learn: () => { loss: number; gradients: Gradients },
): { losses: number[]; norms: number[] } {
  const [m, v] = [zeroGradients(parameters), zeroGradients(parameters)];
  const losses: number[] = [];
  const norms: number[] = [];
  for (let t = 1; t <= STEPS; t++) {
    const now = learn();
    const norm = globalNorm(now.gradients.values());
    losses.push(now.loss);
    norms.push(norm);
    for (const [key, parameter] of parameters) {
      const moments = { parameter, m: tensor(m, key), v: tensor(v, key) };
      adamwStep(moments, tensor(now.gradients, key), ADAMW, t, clipCoefficient(norm, CLIP));
    }
  }
  return { losses, norms };
}

function lmReference(
  input: readonly number[],
  labels: readonly number[],
  { logits, hidden, loss, gradients }: ReturnType<typeof languageModelling>,
  { losses, norms }: ReturnType<typeof fitted>,
): Map<string, SafeTensor> {
  return new Map<string, SafeTensor>([
    ['input_ids', matrix(input, LENGTH)],
    ['labels', matrix(labels, LENGTH)],
    ['logits', matrix(logits)],
    ['hidden', matrix(hidden)],
    ['loss', matrix([loss])],
    ['adamw_losses', matrix(losses)],
    ['adamw_grad_norms', matrix(norms)],
    ...gradientTensors(gradients),
  ]);
}

/** Answers, KL to a frozen model, InfoNCE and triplet, and every gradient of their sum. */
export function stage1Fixture(name: string, architecture: Architecture, seed: number): Fixture {
  const model = randomModel(architecture, seed);
  const base = randomModel(architecture, seed + 1);
  const random = new Random(seed, 'sample');
  const queries = ids(random, 3, architecture.vocab_size);
  const documents = ids(random, 5, architecture.vocab_size);
  const labels = labelsOf(queries);
  const last = (rows: number): number[] => new Array<number>(rows).fill(LENGTH - 1);
  const rowsOf = (rows: number): number[] => last(rows).map((position, i) => i * LENGTH + position);
  const positive = [0, 2, 4];
  const negative = [1, 3, 0];
  const settings = {
    temperature: 0.2,
    margin: 0.3,
    weight_sft: 0.9,
    weight_kl: 0.5,
    weight_infonce: 0.8,
    weight_triplet: 0.7,
  };
  const result = stage1(
    model,
    base,
    {
      queries: packMatrix(queries, LENGTH),
      queryLabels: labels,
      documents: packMatrix(documents, LENGTH),
      queryRows: rowsOf(3),
      documentRows: rowsOf(5),
      positive,
      negative,
    },
    settings,
  );
  return {
    name,
    arch: architecture,
    tensors: singles(model),
    base: singles(base),
    adapter: null,
    settings: { kind: 'stage1', ...settings },
    reference: new Map<string, SafeTensor>([
      ['query_ids', matrix(queries, LENGTH)],
      ['query_labels', matrix(labels, LENGTH)],
      ['query_embed_position', matrix(last(3))],
      ['doc_ids', matrix(documents, LENGTH)],
      ['doc_embed_position', matrix(last(5))],
      ['positive', matrix(positive)],
      ['negative', matrix(negative)],
      ['query_embedding', matrix(result.queryEmbedding)],
      ['doc_embedding', matrix(result.documentEmbedding)],
      ...(['loss_sft', 'loss_kl', 'loss_infonce', 'loss_triplet', 'loss'] as const).map(
        (loss): [string, SafeTensor] => [loss, matrix([result[loss]])],
      ),
      ...gradientTensors(result.gradients),
    ]),
  };
}

/** The clipped objective with its KL, over two groups of two completions, and every gradient. */
export function grpoFixture(name: string, architecture: Architecture, seed: number): Fixture {
  const model = randomModel(architecture, seed);
  const random = new Random(seed, 'sample');
  const input = ids(random, 4, architecture.vocab_size);
  const mask = input.map((_, at) => (at % LENGTH >= 5 ? 1 : 0));
  const batch = packMatrix(input, LENGTH);
  const tokenRows = Array.from(mask.keys()).filter((at) => mask[at] === 1);
  const rewards = [1, 0.25, 0.5, 0.75];
  const advantages = groupAdvantage(rewards, 2);
  const settings = { clip_low: 0.2, clip_high: 0.28, beta: 0.04 };
  const given = (advantage: number[], old: number[], reference: number[]) =>
    grpo(model, { batch, tokenRows, old_logprobs: old, ref_logprobs: reference, advantage }, settings);
  const zeros = tokenRows.map(() => 0);
  const advantage = tokenRows.map((row) => advantages[Math.floor(row / LENGTH)]!);
  // Some ratios lie within the clip, some beyond it.
  const { logprobs: own } = given(zeros, zeros, zeros);
  const moved = (scale: number): number[] => Array.from(own, (value) => Math.fround(value + scale * random.normal()));
  const [old, reference] = [moved(0.3), moved(0.2)];
  const result = given(advantage, old, reference);
  const spread = (values: ArrayLike<number>): number[] => {
    const all = new Array<number>(input.length).fill(0);
    tokenRows.forEach((row, i) => (all[row] = values[i]!));
    return all;
  };
  return {
    name,
    arch: architecture,
    tensors: singles(model),
    base: null,
    adapter: null,
    settings: { kind: 'grpo', ...settings, group_size: 2 },
    reference: new Map<string, SafeTensor>([
      ['input_ids', matrix(input, LENGTH)],
      ['completion_mask', matrix(mask, LENGTH)],
      ['reward', matrix(rewards)],
      ['advantage', matrix(advantages)],
      ['old_logprobs', matrix(spread(old), LENGTH)],
      ['ref_logprobs', matrix(spread(reference), LENGTH)],
      ['logprobs', matrix(spread(result.logprobs), LENGTH)],
      ['loss', matrix([result.loss])],
      ['kl', matrix([result.kl])],
      ['clip_ratio', matrix([result.clip_ratio])],
      ...gradientTensors(result.gradients),
    ]),
  };
}
