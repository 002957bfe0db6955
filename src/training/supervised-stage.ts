import type { Session } from '../config/session';
import { TEXT_LIMITS } from '../config/tasks';
import type { Gpu } from '../gpu/gpu';
import { Random } from '../lib/philox';
import type { Model } from '../model/model';
import type { StepMetrics } from '../records/records';
import type { Task } from '../tasks/task';
import { BatchBuilder } from './batch-builder';
import type { RingRow } from './loss-ring';
import { pretrainBatch, Sentences } from './pretrain-batch';
import { adamwSettings, learningRate, type OptimiserSettings } from './schedule';
import { sftBatch, supervisedSequence } from './sft-batch';
import { StagePace, type StageRun } from './stage';
import type { LossSettings, StepBatch, StepCapacity } from './step-batch';
import type { TaskTokens } from './task-tokens';
import { TrainStep, type Moments } from './train-step';

/** Share of the expected time that passes before the losses are asked for. */
const REST_SHARE = 0.8;

const NO_GRPO = { temperature: 1, clip_low: 0, clip_high: 0, beta: 0 };
const NO_LOSSES: LossSettings = {
  weight_kl: 0,
  weight_infonce: 0,
  weight_triplet: 0,
  temperature: 1,
  margin: 0,
  grpo: NO_GRPO,
};

export interface StageContext {
  gpu: Gpu;
  model: Model;
  task: Task;
  tokens: TaskTokens;
  session: Session;
}

/** Stages 0 and 1: a batch is made from (seed, stream, step) alone, so nothing but the optimiser has a state. */
class SupervisedStage implements StageRun {
  private readonly step: TrainStep;
  private readonly pace = new StagePace();

  constructor(
    context: StageContext,
    readonly stage: 'pretrain' | 'sft',
    private readonly optimiser: OptimiserSettings,
    capacity: StepCapacity,
    losses: LossSettings,
    base: Model | null,
    private readonly batch: (t: number) => StepBatch,
    private readonly describe: (row: RingRow) => Record<string, number>,
  ) {
    this.gpu = context.gpu;
    this.step = new TrainStep(context.gpu, context.model, capacity, losses, adamwSettings(optimiser), base);
  }
  private readonly gpu: Gpu;

  prepare(): Promise<void> {
    return this.step.record();
  }

  async run(t: number): Promise<void> {
    const batch = this.batch(t);
    const rate = learningRate(this.optimiser, t);
    const tokens = batch.sequences.reduce((sum, { length }) => sum + length, 0);
    this.pace.queued({ t, rate, tokens, slot: this.step.run(batch, rate, t) });
    if (this.pace.isMeasuring) await this.gpu.idle();
  }

  async flush(): Promise<StepMetrics[]> {
    await this.gpu.rest(REST_SHARE * this.pace.milliseconds * this.pace.waiting);
    return this.pace.flush(this.step, this.stage, this.describe);
  }

  get stepMilliseconds(): number {
    return this.pace.milliseconds;
  }

  get moments(): Moments {
    return this.step.moments;
  }

  destroy(): void {
    this.step.destroy();
  }
}

/** Stage 0: next-token prediction on the task's sentences. */
export function pretrainStage(context: StageContext): StageRun {
  const { session, task, tokens } = context;
  const { pretrain, seed } = session;
  const sentences = new Sentences(task, tokens);
  const capacity = capacityOf('pretrain', session, task, tokens, sentences);
  const batch = (t: number) =>
    pretrainBatch(new BatchBuilder(), sentences, pretrain.batch_size, new Random(seed, 'pretrain', t));
  return new SupervisedStage(context, 'pretrain', pretrain, capacity, NO_LOSSES, null, batch, ({ lm }) => ({
    loss: lm,
    'loss/lm': lm,
  }));
}

/** Stage 1: answers, contrastive terms, KL to the frozen start model, replayed facts. */
export function sftStage(context: StageContext, base: Model | null): StageRun {
  const { session, task, tokens } = context;
  const { sft, seed } = session;
  const sentences = new Sentences(task, tokens);
  const capacity = capacityOf('sft', session, task, tokens, sentences);
  const replay = capacity.lm;
  const triplet = sft.hard_negatives > 0 ? sft.weight_triplet : 0;
  const losses = { ...sft, weight_triplet: triplet, grpo: NO_GRPO };
  const batch = (t: number) => sftBatch(task, tokens, sentences, sft, t, new Random(seed, 'sft', t));
  return new SupervisedStage(context, 'sft', sft, capacity, losses, base, batch, (row) => {
    const kl = sft.weight_kl > 0 ? sft.weight_kl * row.kl : 0;
    return {
      loss: row.sft + kl + sft.weight_infonce * row.infonce + triplet * row.triplet + (replay > 0 ? row.lm : 0),
      'loss/sft': sft.weight_sft > 0 ? row.sft / sft.weight_sft : 0,
      ...(sft.weight_kl > 0 ? { 'loss/kl': row.kl } : {}),
      'loss/infonce': row.infonce,
      'loss/triplet': row.triplet,
      ...(replay > 0 ? { 'loss/replay': row.lm / sft.replay_weight } : {}),
    };
  });
}

/** The most that a batch of a stage can hold. */
export function capacityOf(
  stage: 'pretrain' | 'sft',
  { pretrain, sft }: Session,
  task: Task,
  tokens: TaskTokens,
  sentences: Sentences,
): StepCapacity {
  if (stage === 'pretrain') {
    const most = pretrain.batch_size * sentences.longest;
    return { tokens: most, lm: most, sft: 0, grpo: 0, queries: 0, documents: 0 };
  }
  const { query, answer, document } = longest(task, tokens);
  const queries = sft.batch_size * (sft.mode === 'both' ? 2 : 1);
  const documents = sft.batch_size * (1 + sft.hard_negatives);
  const lm = sft.replay_weight > 0 ? sft.replay_batch_size * sentences.longest : 0;
  return {
    tokens: queries * (query + answer) + documents * document + lm,
    lm,
    sft: queries * answer,
    grpo: 0,
    queries,
    documents,
  };
}

/** Token counts that bound every batch of a task. */
export function longest(task: Task, tokens: TaskTokens): { query: number; answer: number; document: number } {
  const deepest = task.heldOut('dev', 8).concat(task.heldOut('test', 8));
  const u = new Random(0, 'task', 0xffff).uniform;
  for (let depth = 1; depth <= task.maxDepth; depth++) deepest.push(task.sampleQuery(depth, false, u));
  // Passages are drawn anew every time: their bound is known, and those of a few tell nothing.
  if (deepest.some(({ passage }) => passage !== undefined)) return TEXT_LIMITS;
  const lengths = deepest.map((query) => {
    const { ids, from } = supervisedSequence(tokens, query, 'reasoning');
    return { query: from, answer: ids.length - from };
  });
  return {
    query: Math.max(...lengths.map(({ query }) => query)),
    answer: Math.max(...lengths.map(({ answer }) => answer)),
    document: tokens.passages.reduce((most, { length }) => Math.max(most, length), 1),
  };
}
