import type { Architecture } from '../config/architecture';
import type { Compute } from '../config/compute';
import { FIRST_NUMERICS } from '../config/numerics';
import type { Lora } from '../formats/peft-lora';
import type { SafeTensor } from '../formats/safetensors';
import type { Gpu, View } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import { compare, compareNorm, HALF_TOLERANCE, MODEL_TOLERANCE, type ToleranceReport } from '../lib/tolerance';
import { LogitsPass } from '../model/inference';
import { Model } from '../model/model';
import { answersObjective } from '../objectives/answers';
import { Contrastive } from '../objectives/contrastive';
import { Grpo } from '../objectives/grpo';
import { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import type { TokenTargets } from '../objectives/token-rows';
import { groupAdvantages } from './stages/grpo-advantage';
import { TrainStep } from './train-step';

/** A reference case: a model, its inputs, and what another implementation computed from them. */
export interface Fixture {
  name: string;
  arch: Architecture;
  tensors: ReadonlyMap<string, Float32Array>;
  base: ReadonlyMap<string, Float32Array> | null;
  /** The adapter that is trained while the model is frozen; null where the model itself is trained. */
  adapter: Lora | null;
  /** `reference.json` */
  settings: FixtureSettings;
  /** `reference.safetensors` */
  reference: ReadonlyMap<string, SafeTensor>;
}

/** The hyper-parameters of a reference's first steps, under the names of `torch`. */
interface AdamWReference {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  weight_decay: number;
  clip_norm: number;
}

export type FixtureSettings =
  | { kind: 'lm' | 'lora'; adamw: AdamWReference }
  | {
      kind: 'stage1';
      temperature: number;
      margin: number;
      weight_sft: number;
      weight_kl: number;
      weight_infonce: number;
      weight_triplet: number;
    }
  | { kind: 'grpo'; clip_low: number; clip_high: number; beta: number; group_size: number };

export interface FixtureReport {
  fixture: string;
  kind: string;
  /** The numerics (order of sums) with which the kernels were run. */
  numerics: number;
  /** What the products of linear layers were computed in. */
  compute: Compute;
  pass: boolean;
  /** Largest error by name; for `grad/*` it is the relative L2 norm. */
  errors: Record<string, number>;
}

const NO_UPDATE = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxNorm: Infinity };
const IGNORED = -100;

/**
 * Runs the engine on a reference case and compares its results, within the tolerances that the case states.
 * @param numerics order of sums: `config/numerics.ts`.
 * @param compute what the products of linear layers are computed in; f16 has tolerances of its own.
 */
export async function checkFixture(
  gpu: Gpu,
  fixture: Fixture,
  numerics: number = FIRST_NUMERICS,
  compute: Compute = 'f32',
): Promise<FixtureReport> {
  const findings = new Findings(fixture, numerics, compute);
  const { adapter } = fixture;
  const model = new Model(gpu, fixture.arch, { adapter: adapter?.settings ?? null, compute });
  try {
    model.weights.load(fixture.tensors, adapter ? 'frozen' : 'trained');
    if (adapter) model.weights.load(adapter.tensors, 'trained');
    if ('adamw' in fixture.settings) {
      await checkLm(gpu, model, fixture.settings, findings, numerics);
      if (adapter) findings.add('frozen', await unchanged(model, fixture.tensors));
    } else if (fixture.settings.kind === 'stage1') {
      await checkStage1(gpu, model, fixture, fixture.settings, findings, numerics);
    } else await checkGrpo(gpu, model, fixture.settings, findings, numerics);
  } finally {
    model.destroy();
  }
  return findings.report();
}

/** Compares the frozen weights after training with those before, bit by bit. */
async function unchanged(model: Model, tensors: Fixture['tensors']): Promise<ToleranceReport> {
  const found = [...(await model.weights.read('frozen'))].map(([name, values]) =>
    compare(values, tensors.get(name)!, { atol: 0, rtol: 0 }),
  );
  return found.find(({ pass }) => !pass) ?? found[0]!;
}

/** Collects comparisons with the reference's tensors. */
class Findings {
  private readonly errors: Record<string, number> = {};
  private pass = true;

  constructor(
    private readonly fixture: Fixture,
    private readonly numerics: number,
    readonly compute: Compute,
  ) {}

  get tolerance() {
    return this.compute === 'f16' ? HALF_TOLERANCE : MODEL_TOLERANCE;
  }

  expected(name: string): number[] {
    return Array.from(this.tensor(name).data);
  }

  /** A matrix of whole numbers, as its rows. */
  rows(name: string): number[][] {
    const { shape, data } = this.tensor(name);
    const width = shape[1] ?? 1;
    return Array.from({ length: shape[0] ?? 0 }, (_, i) => Array.from(data.subarray(i * width, (i + 1) * width)));
  }

  private tensor(name: string): SafeTensor {
    const tensor = this.fixture.reference.get(name);
    if (!tensor)
      throw new InputError(
        `${this.fixture.name}/reference.safetensors: tensor ${name} is missing, expected for this kind`,
      );
    return tensor;
  }

  add(name: string, comparison: ToleranceReport): void {
    this.errors[name] = comparison.largest;
    this.pass &&= comparison.pass;
  }

  values(name: string, actual: ArrayLike<number>, kind: 'activation' | 'loss' | 'trajectory'): void {
    this.add(name, compare(actual, this.expected(name), this.tolerance[kind]));
  }

  async gradients(step: TrainStep): Promise<void> {
    const actual = await step.gradients.read();
    const scale = step.lossScale ? (await step.lossScale.read()).scale : 1;
    for (const [name, values] of actual) {
      const unscaled = values.map((value) => value / scale);
      this.add(`grad/${name}`, compareNorm(unscaled, this.expected(`grad/${name}`), this.tolerance.gradient));
    }
  }

  report(): FixtureReport {
    const { fixture, numerics, compute, pass, errors } = this;
    return { fixture: fixture.name, kind: fixture.settings.kind, numerics, compute, pass, errors };
  }
}

/** The rows whose next token is labelled: logits at t predict the label at t + 1. */
function labelled(
  labels: readonly (readonly number[])[],
  starts: (sequence: number) => number,
): { rows: number[]; labels: number[] } {
  const targets = { rows: [] as number[], labels: [] as number[] };
  labels.forEach((row, sequence) => {
    row.forEach((label, t) => {
      if (t === 0 || label === IGNORED) return;
      targets.rows.push(starts(sequence) + t - 1);
      targets.labels.push(label);
    });
  });
  return targets;
}

function evenly({ rows, labels }: { rows: number[]; labels: number[] }, weight = 1): TokenTargets {
  return {
    rows: Uint32Array.from(rows),
    labels: Uint32Array.from(labels),
    weights: new Float32Array(rows.length).fill(weight / rows.length),
  };
}

async function checkLm(
  gpu: Gpu,
  model: Model,
  { adamw }: Extract<FixtureSettings, { adamw: AdamWReference }>,
  findings: Findings,
  numerics: number,
): Promise<void> {
  const sequences = findings.rows('input_ids');
  const T = sequences[0]?.length ?? 0;
  const tokens = sequences.length * T;
  const pass = new LogitsPass(model, tokens);
  const { logits, hidden } = await pass.run(sequences);
  pass.destroy();
  findings.values('logits', logits, 'activation');
  findings.values('hidden', hidden, 'activation');

  const targets = evenly(labelled(findings.rows('labels'), (sequence) => sequence * T));
  const optimiser = {
    beta1: adamw.beta1,
    beta2: adamw.beta2,
    eps: adamw.eps,
    weightDecay: adamw.weight_decay,
    maxNorm: adamw.clip_norm,
  };
  const lm = new NextToken(model, { name: 'lm', targets: targets.rows.length, weight: 1 });
  const step = new TrainStep(gpu, model, tokens, [lm], optimiser, 'keep', tokens, numerics);
  const batch = { sequences, terms: [term(lm, targets)] };
  await step.record();
  const [first] = await step.read([step.gradientsOnly(batch)]);
  findings.values('loss', [first!.metrics.loss], 'loss');
  await findings.gradients(step);
  const losses: number[] = [];
  const norms: number[] = [];
  for (let t = 1; t <= findings.expected('adamw_losses').length; t++) {
    const [now] = await step.read([step.run(batch, adamw.lr, t)]);
    losses.push(now!.metrics.loss);
    norms.push(now!.gradNorm);
  }
  step.destroy();
  findings.values('adamw_losses', losses, 'trajectory');
  findings.values('adamw_grad_norms', norms, 'trajectory');
}

async function checkStage1(
  gpu: Gpu,
  model: Model,
  fixture: Fixture,
  s: Extract<FixtureSettings, { kind: 'stage1' }>,
  findings: Findings,
  numerics: number,
): Promise<void> {
  if (!fixture.base) throw new InputError(`${fixture.name}: no base.safetensors, expected for kind stage1`);
  const base = new Model(gpu, fixture.arch, { compute: findings.compute });
  base.weights.load(fixture.base);
  const queries = findings.rows('query_ids');
  const documents = findings.rows('doc_ids');
  const queryLength = queries[0]?.length ?? 0;
  const documentLength = documents[0]?.length ?? 0;
  const firstDocument = queries.length * queryLength;
  const targets = evenly(
    labelled(findings.rows('query_labels'), (sequence) => sequence * queryLength),
    s.weight_sft,
  );
  const at = (name: string, start: number, length: number) =>
    Uint32Array.from(findings.expected(name), (position, i) => start + i * length + position);
  const pairs = {
    queryRows: at('query_embed_position', 0, queryLength),
    documentRows: at('doc_embed_position', firstDocument, documentLength),
    positive: Uint32Array.from(findings.expected('positive')),
    negative: Uint32Array.from(findings.expected('negative')),
  };
  const tokens = firstDocument + documents.length * documentLength;
  const answers = answersObjective(model, {
    targets: targets.rows.length,
    weight: s.weight_sft,
    kl: s.weight_kl > 0 ? { weight: s.weight_kl, base, tokens } : null,
  });
  const contrastive = new Contrastive(model, {
    queries: queries.length,
    documents: documents.length,
    infonce: { weight: s.weight_infonce, temperature: s.temperature },
    triplet: { weight: s.weight_triplet, margin: s.margin },
  });
  const step = new TrainStep(gpu, model, tokens, [answers, contrastive], NO_UPDATE, 'keep', tokens, numerics);
  await step.record();
  const terms = [term(answers, targets), term(contrastive, pairs)];
  const [read] = await step.read([step.gradientsOnly({ sequences: [...queries, ...documents], terms })]);
  const { metrics } = read!;
  const embeddings = (view: View, count: number) => gpu.readFloats(view, count * fixture.arch.hidden_size);
  findings.values(
    'query_embedding',
    await embeddings(contrastive.cosines.queries.embedding, queries.length),
    'activation',
  );
  findings.values(
    'doc_embedding',
    await embeddings(contrastive.cosines.documents.embedding, documents.length),
    'activation',
  );
  const weights = { sft: s.weight_sft, kl: s.weight_kl, infonce: 1, triplet: 1 };
  for (const [name, weight] of Object.entries(weights)) {
    if (weight !== 0) findings.values(`loss_${name}`, [metrics[`loss/${name}`]!], 'loss');
  }
  findings.values('loss', [metrics.loss], 'loss');
  await findings.gradients(step);
  step.destroy();
  base.destroy();
}

async function checkGrpo(
  gpu: Gpu,
  model: Model,
  s: Extract<FixtureSettings, { kind: 'grpo' }>,
  findings: Findings,
  numerics: number,
): Promise<void> {
  const sequences = findings.rows('input_ids');
  const T = sequences[0]?.length ?? 0;
  const advantages = groupAdvantages(findings.expected('reward'), s.group_size, false).values;
  findings.values('advantage', advantages, 'loss');
  const mask = findings.expected('completion_mask');
  const old = findings.expected('old_logprobs');
  const reference = findings.expected('ref_logprobs');
  const cells = mask.flatMap((on, cell) => (on !== 0 ? [cell] : []));
  const sampled = {
    rows: Uint32Array.from(cells, (cell) => cell - 1),
    labels: Uint32Array.from(cells, (cell) => sequences[Math.floor(cell / T)]![cell % T]!),
    weights: new Float32Array(cells.length).fill(1 / cells.length),
    advantages: Float32Array.from(cells, (cell) => advantages[Math.floor(cell / T)]!),
    oldLogprobs: Float32Array.from(cells, (cell) => old[cell]!),
    referenceLogprobs: Float32Array.from(cells, (cell) => reference[cell]!),
  };
  const grpo = new Grpo(model, cells.length, { ...s, temperature: 1 });
  const tokens = sequences.length * T;
  const step = new TrainStep(gpu, model, tokens, [grpo], NO_UPDATE, 'keep', tokens, numerics);
  await step.record();
  const [read] = await step.read([step.gradientsOnly({ sequences, terms: [term(grpo, sampled)] })]);
  const { metrics } = read!;
  const pairs = await gpu.readFloats(grpo.logprobs, cells.length * 2);
  const logprobs = new Array<number>(mask.length).fill(0);
  cells.forEach((cell, i) => (logprobs[cell] = pairs[i * 2]!));
  // Outside the mask the reference holds nothing of meaning.
  const expected = findings.expected('logprobs').map((value, cell) => (mask[cell] !== 0 ? value : 0));
  findings.add('logprobs', compare(logprobs, expected, findings.tolerance.activation));
  findings.values('loss', [metrics.loss], 'loss');
  findings.values('kl', [metrics['kl']!], 'loss');
  findings.values('clip_ratio', [metrics['clip_ratio/low_mean']! + metrics['clip_ratio/high_mean']!], 'loss');
  await findings.gradients(step);
  step.destroy();
}
