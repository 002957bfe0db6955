import type { Architecture } from '../../config/architecture';
import { crossEntropyBackward, crossEntropyForward } from '../../kernels/cross-entropy/cross-entropy.reference';
import { distilBackward, distilForward } from '../../kernels/contrastive/distil.reference';
import { grpoBackward, grpoForward, type GrpoResult, type GrpoSettings } from '../../kernels/grpo/grpo.reference';
import { infonceBackward, infonceForward } from '../../kernels/contrastive/infonce.reference';
import { klDivergenceBackward, klDivergenceForward } from '../../kernels/cross-entropy/kl-divergence.reference';
import { l2NormalizeBackward, l2NormalizeForward } from '../../kernels/l2-normalize/l2-normalize.reference';
import { linearBackward, linearForward } from '../../kernels/linear/linear.reference';
import { logprobBackward, logprobForward } from '../../kernels/grpo/logprob.reference';
import { tripletBackward, tripletForward } from '../../kernels/contrastive/triplet.reference';
import { addInto, gatherRows, scatterAddRows, type Vector } from '../../kernels/reference/arrays';
import { headBackward, headForward, modelBackward, modelForward } from './model';
import type { PackedBatch } from './packing';
import { zeroGradients, type Gradients, type Parameters } from './parameters';

export interface Model {
  architecture: Architecture;
  parameters: Parameters;
}

/** Which rows predict something, and what (S): the row before each target, since row t predicts t + 1. */
export interface Supervision {
  rows: number[];
  targets: number[];
}

/**
 * labels (N), −100 where ignored → the supervised rows of a packed batch. A sequence's first label has no row that
 * could predict it.
 */
export function supervise(labels: Vector, batch: PackedBatch): Supervision {
  const rows: number[] = [];
  const targets: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i]! < 0 || batch.positions[i] === 0) continue;
    rows.push(i - 1);
    targets.push(labels[i]!);
  }
  return { rows, targets };
}

const meanWeights = (count: number): Float64Array => new Float64Array(count).fill(1 / count);

/** Mean cross-entropy over the labelled positions: loss, hidden (N, d), logits (N, V) and gradients. */
export function languageModelling(
  model: Model,
  batch: PackedBatch,
  labels: Vector,
): { loss: number; hidden: Float64Array; logits: Float64Array; gradients: Gradients } {
  const { architecture, parameters } = model;
  const gradients = zeroGradients(parameters);
  const pass = modelForward(architecture, parameters, batch);
  const logits = headForward(architecture, parameters, pass.hidden);
  const { rows, targets } = supervise(labels, batch);
  const vocabulary = architecture.vocab_size;
  const weights = meanWeights(rows.length);
  const supervised = gatherRows(logits, rows, vocabulary);
  const { loss } = crossEntropyForward(supervised, targets, weights, vocabulary);
  const dlogits = new Float64Array(logits.length);
  scatterAddRows(dlogits, crossEntropyBackward(supervised, targets, weights, vocabulary), rows, vocabulary);
  modelBackward(pass, headBackward(architecture, parameters, dlogits, pass.hidden, gradients), gradients);
  return { loss, hidden: pass.hidden, logits, gradients };
}

export interface Stage1Batch {
  queries: PackedBatch;
  queryLabels: Vector;
  documents: PackedBatch;
  /** Rows of the embed tokens among the packed rows (B) and (K). */
  queryRows: Vector;
  documentRows: Vector;
  /** Each query's documents (B), from 0 to K − 1. */
  positive: Vector;
  negative: Vector;
  /** A teacher's scores (B, K), where one is distilled. */
  teacher?: Vector;
}

export interface Stage1Settings {
  temperature: number;
  margin: number;
  weight_sft: number;
  weight_kl: number;
  weight_infonce: number;
  weight_triplet: number;
  weight_distil?: number;
  teacher_temperature?: number;
}

export interface Stage1Result {
  queryEmbedding: Float64Array;
  documentEmbedding: Float64Array;
  loss_sft: number;
  loss_kl: number;
  loss_infonce: number;
  loss_triplet: number;
  loss_distil: number;
  loss: number;
  gradients: Gradients;
}

/** The supervised stage: SFT, KL(base ‖ model), InfoNCE, triplet and a teacher's distillation, weighted; embeddings are (B, d) and (K, d). */
export function stage1(model: Model, base: Model, batch: Stage1Batch, settings: Stage1Settings): Stage1Result {
  const { architecture, parameters } = model;
  const { hidden_size: width, vocab_size: vocabulary } = architecture;
  const gradients = zeroGradients(parameters);
  const queries = modelForward(architecture, parameters, batch.queries);
  const documents = modelForward(architecture, parameters, batch.documents);
  const dQueries = new Float64Array(queries.hidden.length);
  const dDocuments = new Float64Array(documents.hidden.length);

  const { rows, targets } = supervise(batch.queryLabels, batch.queries);
  const weights = meanWeights(rows.length);
  const hidden = gatherRows(queries.hidden, rows, width);
  const logits = headForward(architecture, parameters, hidden);
  const basePass = modelForward(base.architecture, base.parameters, batch.queries);
  const baseLogits = headForward(base.architecture, base.parameters, gatherRows(basePass.hidden, rows, width));
  const sft = crossEntropyForward(logits, targets, weights, vocabulary);
  const kl = klDivergenceForward(baseLogits, logits, weights, vocabulary);
  const dlogits = crossEntropyBackward(logits, targets, weights, vocabulary, settings.weight_sft);
  addInto(dlogits, klDivergenceBackward(baseLogits, logits, weights, vocabulary, 'forward', settings.weight_kl));
  scatterAddRows(dQueries, headBackward(architecture, parameters, dlogits, hidden, gradients), rows, width);

  const q = l2NormalizeForward(gatherRows(queries.hidden, batch.queryRows, width), width);
  const d = l2NormalizeForward(gatherRows(documents.hidden, batch.documentRows, width), width);
  const shape = { n: q.norm.length, k: width, m: d.norm.length };
  const scores = linearForward(q.y, d.y, undefined, shape);
  const infonce = infonceForward(scores, batch.positive, settings.temperature);
  const triplet = tripletForward(scores, batch.positive, batch.negative, settings.margin);
  const dscores = infonceBackward(scores, batch.positive, settings.temperature, settings.weight_infonce);
  addInto(dscores, tripletBackward(scores, batch.positive, batch.negative, settings.margin, settings.weight_triplet));
  const { teacher } = batch;
  const { temperature, weight_distil = 0, teacher_temperature: teacherTemperature = temperature } = settings;
  const temperatures = { temperature, teacherTemperature };
  const distil = teacher ? distilForward(scores, teacher, shape.n, temperatures) : { loss: 0 };
  if (teacher) addInto(dscores, distilBackward(scores, teacher, shape.n, temperatures, weight_distil));
  const { dx, dw } = linearBackward(dscores, q.y, d.y, shape);
  scatterAddRows(dQueries, l2NormalizeBackward(dx, q.y, q.norm, width), batch.queryRows, width);
  scatterAddRows(dDocuments, l2NormalizeBackward(dw, d.y, d.norm, width), batch.documentRows, width);

  modelBackward(queries, dQueries, gradients);
  modelBackward(documents, dDocuments, gradients);
  return {
    queryEmbedding: q.y,
    documentEmbedding: d.y,
    loss_sft: sft.loss,
    loss_kl: kl.loss,
    loss_infonce: infonce.loss,
    loss_triplet: triplet.loss,
    loss_distil: distil.loss,
    loss:
      settings.weight_sft * sft.loss +
      settings.weight_kl * kl.loss +
      settings.weight_infonce * infonce.loss +
      settings.weight_triplet * triplet.loss +
      weight_distil * distil.loss,
    gradients,
  };
}

/** The completion's tokens (S): their packed rows, and what was recorded when they were sampled. */
export interface GrpoBatch {
  batch: PackedBatch;
  /** Packed rows of the sampled tokens themselves (S); each is predicted by the row before. */
  tokenRows: readonly number[];
  old_logprobs: Vector;
  ref_logprobs: Vector;
  advantage: Vector;
}

/** The reinforcement stage: log-probabilities (S), the clipped loss with its metrics, and gradients. */
export function grpo(
  model: Model,
  { batch, tokenRows, ...recorded }: GrpoBatch,
  settings: GrpoSettings,
): GrpoResult & { logprobs: Float64Array; entropy: Float64Array; gradients: Gradients } {
  const { architecture, parameters } = model;
  const { hidden_size: width, vocab_size: vocabulary } = architecture;
  const gradients = zeroGradients(parameters);
  const pass = modelForward(architecture, parameters, batch);
  const rows = tokenRows.map((row) => row - 1);
  const targets = tokenRows.map((row) => batch.ids[row]!);
  const hidden = gatherRows(pass.hidden, rows, width);
  const logits = headForward(architecture, parameters, hidden);
  const { logprobs, entropy } = logprobForward(logits, targets, vocabulary);
  const tokens = { logprobs, ...recorded };
  const dlogits = logprobBackward(grpoBackward(tokens, settings), logits, targets, vocabulary);
  const dhidden = new Float64Array(pass.hidden.length);
  scatterAddRows(dhidden, headBackward(architecture, parameters, dlogits, hidden, gradients), rows, width);
  modelBackward(pass, dhidden, gradients);
  return { ...grpoForward(tokens, settings), logprobs, entropy, gradients };
}
