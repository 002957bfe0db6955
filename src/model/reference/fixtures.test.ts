import { describe, expect, it } from 'vitest';
import {
  compare,
  compareNorm,
  describeComparison,
  MODEL_TOLERANCE,
  type ToleranceReport,
  type Tolerance,
} from '../../lib/tolerance';
import { adamwStep, clipCoefficient, globalNorm } from '../../kernels/adamw/adamw.reference';
import { groupAdvantage } from '../../kernels/grpo/grpo.reference';
import type { Vector } from '../../kernels/reference/arrays';
import { adapted, adapterGradients } from './adapter';
import { grpo, languageModelling, stage1 } from './objectives';
import { packMatrix } from './packing';
import { tensor, zeroGradients, type Gradients } from './parameters';
import { fixturesOf, readFixture, type Fixture } from './testing';

/** Expected values are float64 results stored as float32, which rounds by 2⁻²⁴ of each; nothing else may differ. */
const STORED: Tolerance = { atol: 1e-9, rtol: 6e-8 };
/** The same for a whole tensor, as a relative L2 norm. */
const STORED_NORM = 5e-8;
/** `transformers` norms in float32 whatever the model’s own dtype; ten steps carry it on as far as our own do. */
const NORMED_IN_SINGLE: Tolerance = { atol: 3e-6, rtol: 3e-6 };
const NORMED_IN_SINGLE_NORM = 2e-6;
/** Rewards and recorded log-probabilities are float32 inputs, rounded after the reference used them. */
const ROUNDED_INPUT: Tolerance = { atol: 6e-8, rtol: 6e-8 };
const ROUNDED_INPUT_NORM = 2e-7;

const VALUES: Readonly<Partial<Record<string, Tolerance>>> = { grpo: ROUNDED_INPUT, lora: NORMED_IN_SINGLE };
const NORMS: Readonly<Partial<Record<string, number>>> = { grpo: ROUNDED_INPUT_NORM, lora: NORMED_IN_SINGLE_NORM };

function check(fixture: Fixture, name: string, actual: Vector, worst: Map<string, number>): void {
  const { data } = fixture.tensor(name);
  const isGradient = name.startsWith('grad/');
  const isTrajectory = fixture.kind === 'lora' && name.startsWith('adamw_');
  const zero = { atol: 1e-12, rtol: 0 };
  const result: ToleranceReport = isGradient
    ? compareNorm(actual, data, NORMS[fixture.kind] ?? STORED_NORM, zero)
    : compare(actual, data, isTrajectory ? MODEL_TOLERANCE.trajectory : (VALUES[fixture.kind] ?? STORED));
  const key = isGradient ? 'gradients' : name;
  worst.set(key, Math.max(worst.get(key) ?? 0, result.largest));
  expect(result.pass, describeComparison(`${fixture.name} ${name}`, result)).toBe(true);
}

function checkGradients(fixture: Fixture, gradients: Gradients, worst: Map<string, number>): void {
  const expected = fixture.names.filter((name) => name.startsWith('grad/'));
  expect(new Set(expected)).toEqual(new Set([...gradients.keys()].map((name) => `grad/${name}`)));
  for (const name of expected) check(fixture, name, tensor(gradients, name.slice(5)), worst);
}

const report = (name: string, worst: Map<string, number>): void => {
  const text = [...worst].map(([key, error]) => `${key} ${error.toExponential(1)}`).join(', ');
  process.stdout.write(`${name}: largest errors ${text}\n`);
};

const columnsOf = (fixture: Fixture, name: string): number => fixture.tensor(name).shape[1]!;
const packed = (fixture: Fixture, name: string): ReturnType<typeof packMatrix> =>
  packMatrix(fixture.tensor(name).data, columnsOf(fixture, name));

/** One skipped test per kind that has no fixture, so that the absence is counted. */
function eachFixture(kind: string, test: (fixture: Fixture, worst: Map<string, number>) => void): void {
  const names = fixturesOf(kind);
  it.skipIf(names.length === 0).each(names.length > 0 ? names : ['no fixture found'])(
    `${kind}: %s`,
    (name) => {
      const worst = new Map<string, number>();
      test(readFixture(name), worst);
      report(name, worst);
    },
    60_000,
  );
}

describe('whole-model reference against PyTorch', () => {
  eachFixture('lm', (fixture, worst) => {
    const batch = packed(fixture, 'input_ids');
    const labels = fixture.tensor('labels').data;
    const result = languageModelling(fixture.model, batch, labels);
    check(fixture, 'logits', result.logits, worst);
    check(fixture, 'hidden', result.hidden, worst);
    check(fixture, 'loss', [result.loss], worst);
    checkGradients(fixture, result.gradients, worst);
  });

  eachFixture('lm', (fixture, worst) => {
    const setting = (name: string): number => fixture.setting('adamw', name);
    const { architecture, parameters } = fixture.model;
    const [m, v] = [zeroGradients(parameters), zeroGradients(parameters)];
    const batch = packed(fixture, 'input_ids');
    const losses: number[] = [];
    const norms: number[] = [];
    const settings = {
      lr: setting('lr'),
      beta1: setting('beta1'),
      beta2: setting('beta2'),
      eps: setting('eps'),
      weight_decay: setting('weight_decay'),
    };
    for (let step = 1; step <= fixture.tensor('adamw_losses').data.length; step++) {
      const result = languageModelling({ architecture, parameters }, batch, fixture.tensor('labels').data);
      const norm = globalNorm(result.gradients.values());
      losses.push(result.loss);
      norms.push(norm);
      const scale = clipCoefficient(norm, setting('clip_norm'));
      for (const [name, parameter] of parameters) {
        const moments = { parameter, m: tensor(m, name), v: tensor(v, name) };
        adamwStep(moments, tensor(result.gradients, name), settings, step, scale);
      }
    }
    check(fixture, 'adamw_losses', losses, worst);
    check(fixture, 'adamw_grad_norms', norms, worst);
  });

  eachFixture('lora', (fixture, worst) => {
    const { model, adapter } = fixture;
    if (!adapter) throw new Error(`${fixture.name} has no adapter`);
    const setting = (name: string): number => fixture.setting('adamw', name);
    const batch = packed(fixture, 'input_ids');
    const labels = fixture.tensor('labels').data;
    const learn = () => {
      const { gradients, ...result } = languageModelling(adapted(model, adapter), batch, labels);
      return { ...result, gradients: adapterGradients(gradients, adapter) };
    };
    const first = learn();
    check(fixture, 'logits', first.logits, worst);
    check(fixture, 'hidden', first.hidden, worst);
    check(fixture, 'loss', [first.loss], worst);
    checkGradients(fixture, first.gradients, worst);
    const [m, v] = [zeroGradients(adapter.parameters), zeroGradients(adapter.parameters)];
    const settings = {
      lr: setting('lr'),
      beta1: setting('beta1'),
      beta2: setting('beta2'),
      eps: setting('eps'),
      weight_decay: setting('weight_decay'),
    };
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 1; step <= fixture.tensor('adamw_losses').data.length; step++) {
      const { loss, gradients } = learn();
      const norm = globalNorm(gradients.values());
      losses.push(loss);
      norms.push(norm);
      const scale = clipCoefficient(norm, setting('clip_norm'));
      for (const [name, parameter] of adapter.parameters) {
        const moments = { parameter, m: tensor(m, name), v: tensor(v, name) };
        adamwStep(moments, tensor(gradients, name), settings, step, scale);
      }
    }
    check(fixture, 'adamw_losses', losses, worst);
    check(fixture, 'adamw_grad_norms', norms, worst);
  });

  eachFixture('stage1', (fixture, worst) => {
    const queries = packed(fixture, 'query_ids');
    const documents = packed(fixture, 'doc_ids');
    const rowsOf = (ids: string, positions: string): number[] =>
      Array.from(fixture.tensor(positions).data, (position, i) => i * columnsOf(fixture, ids) + position);
    const batch = {
      queries,
      documents,
      queryLabels: fixture.tensor('query_labels').data,
      queryRows: rowsOf('query_ids', 'query_embed_position'),
      documentRows: rowsOf('doc_ids', 'doc_embed_position'),
      positive: fixture.tensor('positive').data,
      negative: fixture.tensor('negative').data,
    };
    const settings = {
      temperature: fixture.setting('temperature'),
      margin: fixture.setting('margin'),
      weight_sft: fixture.setting('weight_sft'),
      weight_kl: fixture.setting('weight_kl'),
      weight_infonce: fixture.setting('weight_infonce'),
      weight_triplet: fixture.setting('weight_triplet'),
    };
    if (!fixture.base) throw new Error(`${fixture.name} has no base.safetensors`);
    const result = stage1(fixture.model, fixture.base, batch, settings);
    check(fixture, 'query_embedding', result.queryEmbedding, worst);
    check(fixture, 'doc_embedding', result.documentEmbedding, worst);
    check(fixture, 'loss_sft', [result.loss_sft], worst);
    check(fixture, 'loss_kl', [result.loss_kl], worst);
    check(fixture, 'loss_infonce', [result.loss_infonce], worst);
    check(fixture, 'loss_triplet', [result.loss_triplet], worst);
    check(fixture, 'loss', [result.loss], worst);
    checkGradients(fixture, result.gradients, worst);
  });

  eachFixture('grpo', (fixture, worst) => {
    const mask = fixture.tensor('completion_mask').data;
    const columns = columnsOf(fixture, 'completion_mask');
    const advantage = groupAdvantage(fixture.tensor('reward').data, fixture.setting('group_size'));
    check(fixture, 'advantage', advantage, worst);
    const tokenRows = Array.from(mask.keys()).filter((i) => mask[i] === 1);
    const at = (name: string): number[] => tokenRows.map((row) => fixture.tensor(name).data[row]!);
    const input = {
      batch: packed(fixture, 'input_ids'),
      tokenRows,
      old_logprobs: at('old_logprobs'),
      ref_logprobs: at('ref_logprobs'),
      advantage: tokenRows.map((row) => advantage[Math.floor(row / columns)]!),
    };
    const result = grpo(fixture.model, input, {
      clip_low: fixture.setting('clip_low'),
      clip_high: fixture.setting('clip_high'),
      beta: fixture.setting('beta'),
    });
    const logprobs = new Float64Array(mask.length);
    tokenRows.forEach((row, i) => (logprobs[row] = result.logprobs[i]!));
    check(fixture, 'logprobs', logprobs, worst);
    check(fixture, 'loss', [result.loss], worst);
    check(fixture, 'kl', [result.kl], worst);
    check(fixture, 'clip_ratio', [result.clip_ratio], worst);
    checkGradients(fixture, result.gradients, worst);
  });
});
