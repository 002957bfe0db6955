import type { Session } from '../config/session';
import { TEXT_LIMITS } from '../config/tasks';
import type { Gpu } from '../gpu/gpu';
import { Random } from '../lib/philox';
import type { Model } from '../model/model';
import { answersObjective } from '../objectives/answers';
import { Contrastive } from '../objectives/contrastive';
import { NextToken } from '../objectives/next-token';
import { term, type Objective } from '../objectives/objective';
import type { StepMetrics } from '../records/records';
import type { Task } from '../tasks/task';
import { BatchBuilder } from './batch-builder';
import { pretrainBatch, Sentences } from './pretrain-batch';
import { adamwSettings, learningRate, type OptimiserSettings } from './schedule';
import { sftBatch, supervisedSequence } from './sft-batch';
import { StagePace, type StageRun } from './stage';
import type { TaskTokens } from './task-tokens';
import { TrainStep, type Moments, type StepBatch } from './train-step';

/** Share of the expected time that passes before the losses are asked for. */
const REST_SHARE = 0.8;

export interface StageContext {
  gpu: Gpu;
  model: Model;
  task: Task;
  tokens: TaskTokens;
  session: Session;
}

/** Stages 0 and 1: a batch is made from (seed, stream, step) alone, so nothing but the optimiser has a state. */
class SupervisedStage implements StageRun {
  private readonly gpu: Gpu;
  private readonly step: TrainStep;
  private readonly pace = new StagePace();

  constructor(
    context: StageContext,
    readonly stage: 'pretrain' | 'sft',
    private readonly optimiser: OptimiserSettings,
    tokens: number,
    objectives: readonly Objective[],
    private readonly batch: (t: number) => StepBatch,
  ) {
    this.gpu = context.gpu;
    const { gpu, model, session } = context;
    this.step = new TrainStep(gpu, model, tokens, objectives, adamwSettings(optimiser), session.model.activations);
  }

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
    return this.pace.flush(this.step, this.stage);
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
  const { model, session, task, tokens } = context;
  const { pretrain, seed } = session;
  const sentences = new Sentences(task, tokens);
  const most = capacityOf('pretrain', session, task, tokens, sentences);
  const lm = new NextToken(model, { name: 'lm', targets: most.lm, weight: 1 });
  return new SupervisedStage(context, 'pretrain', pretrain, most.tokens, [lm], (t) => {
    const batch = pretrainBatch(new BatchBuilder(), sentences, pretrain.batch_size, new Random(seed, 'pretrain', t));
    return { sequences: batch.sequences, terms: [term(lm, batch.lm)] };
  });
}

/** Stage 1: answers, contrastive terms, KL to the frozen start model, replayed facts. */
export function sftStage(context: StageContext, base: Model | null): StageRun {
  const { model, session, task, tokens } = context;
  const { sft, seed } = session;
  const sentences = new Sentences(task, tokens);
  const most = capacityOf('sft', session, task, tokens, sentences);
  const answers = answersObjective(model, {
    targets: most.sft,
    weight: sft.weight_sft,
    kl: base && { weight: sft.weight_kl, base, tokens: most.tokens },
  });
  const contrastive = new Contrastive(model, {
    queries: most.queries,
    documents: most.documents,
    infonce: { weight: sft.weight_infonce, temperature: sft.temperature },
    // Without hard negatives it has nothing to push away.
    triplet: { weight: sft.hard_negatives > 0 ? sft.weight_triplet : 0, margin: sft.margin },
  });
  const replay = replayOf(model, most.lm, sft.replay_weight);
  const objectives = [answers, contrastive, ...(replay ? [replay] : [])];
  return new SupervisedStage(context, 'sft', sft, most.tokens, objectives, (t) => {
    const batch = sftBatch(task, tokens, sentences, sft, t, new Random(seed, 'sft', t));
    return {
      sequences: batch.sequences,
      terms: [
        term(answers, batch.answers),
        term(contrastive, batch.contrastive),
        ...(replay && batch.replay ? [term(replay, batch.replay)] : []),
      ],
    };
  });
}

/** Facts repeated beside stages 1 and 2; null where they have no weight. */
export const replayOf = (model: Model, targets: number, weight: number): NextToken | null =>
  weight > 0 ? new NextToken(model, { name: 'replay', targets, weight }) : null;

/** The most that a batch of a stage can hold. */
export function capacityOf(
  stage: 'pretrain' | 'sft',
  { pretrain, sft }: Session,
  task: Task,
  tokens: TaskTokens,
  sentences: Sentences,
): { tokens: number; lm: number; sft: number; queries: number; documents: number } {
  if (stage === 'pretrain') {
    const most = pretrain.batch_size * sentences.longest;
    return { tokens: most, lm: most, sft: 0, queries: 0, documents: 0 };
  }
  const { query, answer, document } = longest(task, tokens);
  const queries = sft.batch_size * (sft.mode === 'both' ? 2 : 1);
  const documents = sft.batch_size * (1 + sft.hard_negatives);
  const lm = sft.replay_weight > 0 ? sft.replay_batch_size * sentences.longest : 0;
  return {
    tokens: queries * (query + answer) + documents * document + lm,
    lm,
    sft: queries * answer,
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
