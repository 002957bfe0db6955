/**
 * Stage 2: GRPO against a retrieval environment that follows the model (Shao et al. 2024; Search-R3, arXiv 2510.07048).
 *
 * One step: draw queries, sample a group of completions of each, search with what they end in, refresh the documents' graph
 * where it changed, search again, score by DCG, learn from each reward against its group's mean.
 *
 * Departures. From the paper: its settings are not public, ours are measured (docs/decisions); rewards come from a graph that
 * is refreshed before it scores; facts are replayed. From TRL's GRPOTrainer: advantages are not divided by the group's
 * standard deviation unless `scale_rewards`; one loss, normalised by the batch's tokens; a completion without the embed
 * token gets reward 0 instead of being masked; the reference model is the stage-1 model and never moves.
 */
import type { View } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { Generator } from '../model/generator';
import { Encoder } from '../model/inference';
import { LogprobPass } from '../model/logprobs';
import type { Model } from '../model/model';
import { Contrastive, type ContrastiveTargets } from '../objectives/contrastive';
import { Grpo } from '../objectives/grpo';
import type { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import type { GraphRecord, GraphStart, StepMetrics, TraceRecord } from '../records/records';
import { bestRank, GpuCompensation, Refresher, type RefresherOptions, type RefreshReport } from '../retrieval/refresh';
import type { RefresherState } from '../retrieval/refresh/refresher';
import { BatchBuilder, DocumentRows } from './batch-builder';
import { groupAdvantages, type Advantages } from './grpo-advantage';
import { GraphPicture, graphStart } from './graph-picture';
import { drawQueries, packRollout, rollOut, type Rollout } from './grpo-rollout';
import { PrefixRanks, type RankWhileThinking } from './prefix-ranks';
import { Sentences } from './pretrain-batch';
import { adamwSettings, learningRate } from './schedule';
import { StagePace, type StageRun } from './stage';
import { longest, replayOf, type StageContext } from './supervised-stage';
import { TrainStep, type Moments, type StepBatch } from './train-step';

/** Steps in a row without a single embed token after which there is nothing left to learn from. */
const SILENT_STEPS = 20;
const ENCODE_TOKENS = 4096;

export interface GrpoRecords {
  traces: (traces: TraceRecord[]) => void;
  /** @param positions of the documents in the plane after the refresh, (N,2) */
  graph: (record: GraphRecord, positions: Float32Array<ArrayBuffer>) => void;
  /** What the stage begins with; not told when it goes on from a checkpoint. */
  start?: (start: GraphStart, positions: Float32Array<ArrayBuffer>) => void;
}

export class GrpoStage implements StageRun {
  readonly stage = 'grpo';
  private readonly step: TrainStep;
  private readonly policy: Grpo;
  private readonly contrastive: Contrastive | null;
  private readonly replay: NextToken | null;
  private readonly generator: Generator;
  private readonly encoder: Encoder;
  private readonly logprobs: LogprobPass;
  private readonly sentences: Sentences;
  private readonly pace = new StagePace();
  private readonly measured: Record<string, number>[] = [];
  private readonly compensation: GpuCompensation;
  private refresher: Refresher | null = null;
  /** The refresher's vectors (N, C) and what ranks prefixes against them; made on first use. */
  private kept: View | null = null;
  private prefixes: PrefixRanks | null = null;
  private picture: GraphPicture | null = null;
  /** Updates in a row in which no completion ended in the embed token; a checkpoint keeps it. */
  silent = 0;

  /** @param reference the stage-1 model, frozen. */
  constructor(
    private readonly context: StageContext,
    private readonly reference: Model,
    private readonly records: GrpoRecords,
  ) {
    const { gpu, model, task, tokens, session } = context;
    const { grpo } = session;
    this.sentences = new Sentences(task, tokens);
    const { query, document } = longest(task, tokens);
    const completions = grpo.batch_size * grpo.num_generations;
    const targets = completions * grpo.max_completion_length;
    const contrastive = grpo.contrastive_weight > 0 ? grpo.batch_size : 0;
    const lm = grpo.replay_weight > 0 ? grpo.replay_batch_size * this.sentences.longest : 0;
    const sampled = completions * (query + grpo.max_completion_length);
    this.policy = new Grpo(model, targets, grpo);
    this.contrastive =
      contrastive > 0
        ? new Contrastive(model, {
            queries: contrastive,
            documents: 2 * contrastive,
            infonce: { weight: grpo.contrastive_weight, temperature: session.sft.temperature },
          })
        : null;
    this.replay = replayOf(model, lm, grpo.replay_weight);
    const objectives = [this.policy, this.contrastive, this.replay].filter((objective) => objective !== null);
    const most = sampled + 2 * contrastive * document + lm;
    this.step = new TrainStep(gpu, model, most, objectives, adamwSettings(grpo), session.model.activations);
    this.generator = new Generator(model, {
      promptTokens: grpo.batch_size * query,
      sequences: completions,
      maxTokens: grpo.max_completion_length,
    });
    this.encoder = new Encoder(model, ENCODE_TOKENS, 1024);
    this.compensation = new GpuCompensation(gpu, task.documents.length, model.architecture.hidden_size);
    this.logprobs = new LogprobPass(reference, { tokens: sampled, targets }, grpo.temperature);
  }

  async prepare(): Promise<void> {
    await this.step.record();
    const { tokens, model } = this.context;
    const dimension = model.architecture.hidden_size;
    if (this.refresher) {
      // The reference is the model that the stage began with: the same plane as before the checkpoint.
      const encoder = new Encoder(this.reference, ENCODE_TOKENS, 1024);
      this.picture = new GraphPicture(await encoder.encode(tokens.documents), dimension);
      encoder.destroy();
      return;
    }
    const vectors = await this.encoder.encode(tokens.documents);
    this.refresher = Refresher.create(vectors, dimension, this.environment);
    this.picture = new GraphPicture(vectors, dimension);
    this.records.start?.(graphStart(this.refresher, 0), this.picture.positions(this.refresher));
  }

  private get environment(): RefresherOptions {
    const { environment: e, grpo, seed } = this.context.session;
    return {
      settings: {
        policy: e.policy,
        k: grpo.reward_k,
        every: e.period,
        budget: e.budget,
        oldest_share: e.oldest_share,
        compensation: e.compensate,
        ridge: e.ridge,
      },
      graph: { m: e.M, ef_construction: e.ef_construction, ef: e.ef },
      seed,
      compensate: (vectors, _, pairs, ridge) => this.compensation.run(vectors, pairs, ridge),
    };
  }

  async run(t: number): Promise<void> {
    const { session } = this.context;
    const { grpo, seed } = session;
    const random = new Random(seed, 'grpo', t);
    const started = performance.now();
    this.pace.begin();
    const rollout = await rollOut(this.context, this.generator, drawQueries(this.context, random), t);
    const rolledOut = performance.now();
    const report = await this.refresh(rollout, t);
    const refreshed = performance.now();
    const thinking = await this.thinking(rollout, t);
    const followed = performance.now();
    const advantages = groupAdvantages(report.rewards, grpo.num_generations, grpo.scale_rewards);
    const batch = await this.batch(rollout, report, advantages, random);
    const rate = learningRate(grpo, t);
    const tokens = batch.sequences.reduce((sum, { length }) => sum + length, 0);
    this.pace.queued({ t, rate, tokens, slot: this.step.run(batch, rate, t, grpo.num_iterations) });
    this.measured.push({
      ...this.describe(rollout, report, advantages),
      'time/rollout': (rolledOut - started) / 1000,
      'time/refresh': (refreshed - rolledOut) / 1000,
      ...(thinking ? { 'time/thinking': (followed - refreshed) / 1000 } : {}),
    });
    this.records.traces(this.traces(rollout, report, advantages, t, thinking));
    this.records.graph(report.record, this.picture!.positions(this.refresher!));
    this.checkEmission(rollout, t);
  }

  /** Search, re-encode, compensate, re-link, search again, score. */
  private async refresh({ searches }: Rollout, t: number): Promise<RefreshReport> {
    const { tokens, session } = this.context;
    const { audit_every } = session.environment;
    const isAudited = audit_every > 0 && t % audit_every === 0;
    return this.refresher!.step({
      step: t,
      queries: searches,
      encode: (documents) => this.encoder.encode(Array.from(documents, (row) => tokens.document(row))),
      ...(isAudited ? { fresh: await this.encoder.encode(tokens.documents) } : {}),
    });
  }

  /** Rank while thinking on sampled steps, by the model that wrote and the vectors that rewarded; null on the others. */
  private async thinking({ queries, completions }: Rollout, t: number): Promise<RankWhileThinking[] | null> {
    const { gpu, model, task, tokens, session } = this.context;
    const { environment, grpo } = session;
    if (environment.rank_every === 0 || t % environment.rank_every !== 0) return null;
    const { vectors } = this.refresher!.state();
    this.kept ??= gpu.buffer('kept documents', vectors.byteLength);
    gpu.write(this.kept, vectors);
    this.prefixes ??= new PrefixRanks(model, this.encoder, tokens.embed, this.kept, task.documents.length);
    const thoughts = completions.map(({ ids }, i) => {
      const { text, relevant } = queries[Math.floor(i / grpo.num_generations)]!;
      return { prompt: tokens.prompt(text, 'think'), ids, relevant };
    });
    return this.prefixes.follow(thoughts, { k: grpo.reward_k, listed: false });
  }

  private async batch(
    rollout: Rollout,
    report: RefreshReport,
    advantages: Advantages,
    random: Random,
  ): Promise<StepBatch> {
    const { grpo } = this.context.session;
    const batch = new BatchBuilder();
    const { targets, starts, sequences } = packRollout(this.context, rollout, batch);
    const { rows, labels, weights } = targets.finish(1);
    const owner = rollout.completions.flatMap(({ ids }, i) => ids.map(() => i));
    const oldLogprobs = Float32Array.from(rollout.completions.flatMap(({ logprobs }) => logprobs));
    const referenceLogprobs = grpo.beta > 0 ? await this.logprobs.run(sequences, rows, labels) : oldLogprobs;
    const sampled = {
      rows,
      labels,
      weights,
      advantages: Float32Array.from(owner, (i) => (grpo.policy_gradient ? advantages.values[i]! : 0)),
      oldLogprobs,
      referenceLogprobs,
    };
    const terms = [term(this.policy, sampled)];
    const best = this.contrastive && this.bestPairs(rollout, report, batch, starts, sequences);
    if (this.contrastive && best) terms.push(term(this.contrastive, best));
    if (this.replay) {
      const facts = this.sentences.draw(batch, grpo.replay_batch_size, grpo.replay_weight, random, true);
      terms.push(term(this.replay, facts));
    }
    return { sequences: batch.sequences, terms };
  }

  /** InfoNCE on each group's best completion, where its reward is high enough: on wrong ones it teaches to ignore the trace. */
  private bestPairs(
    { queries, searches }: Rollout,
    report: RefreshReport,
    batch: BatchBuilder,
    starts: readonly number[],
    sequences: readonly (readonly number[])[],
  ): ContrastiveTargets | null {
    const { grpo } = this.context.session;
    const documents = new DocumentRows(batch, (row) => this.context.tokens.document(row));
    const pairs = queries.flatMap((query, group) => {
      const first = group * grpo.num_generations;
      let best = first;
      for (let i = first; i < first + grpo.num_generations; i++)
        if (report.rewards[i]! > report.rewards[best]!) best = i;
      if (searches[best]!.embedding === null || report.rewards[best]! < grpo.contrastive_min_reward) return [];
      const positive = documents.add(query.relevant[0]!.document);
      const negative = documents.add(query.hardNegatives[0] ?? query.relevant[0]!.document);
      return [{ row: starts[best]! + sequences[best]!.length - 1, positive, negative }];
    });
    return pairs.length === 0 ? null : documents.finish(pairs);
  }

  /** TRL's names, and what the task and the environment know. */
  private describe(rollout: Rollout, report: RefreshReport, advantages: Advantages): Record<string, number> {
    const { task, tokens, session } = this.context;
    const { completions, searches, queries } = rollout;
    const count = completions.length;
    const lengths = completions.map(({ ids }) => ids.length);
    const emitted = searches.filter(({ embedding }) => embedding !== null).length;
    const size = session.grpo.num_generations;
    const exact = completions.filter(
      ({ ids }, i) => task.judge(queries[Math.floor(i / size)]!, tokens.decode(ids)).exact,
    );
    return {
      reward: report.rewards.reduce((sum, reward) => sum + reward, 0) / count,
      reward_std: advantages.rewardStd,
      frac_reward_zero_std: advantages.zeroStd,
      'completions/mean_length': lengths.reduce((sum, length) => sum + length, 0) / count,
      'completions/max_length': Math.max(...lengths),
      'completions/clipped_ratio': (count - emitted) / count,
      emission_rate: emitted / count,
      trace_accuracy: exact.length / count,
      ...report.metrics,
    };
  }

  private traces(
    rollout: Rollout,
    report: RefreshReport,
    advantages: Advantages,
    t: number,
    thinking: RankWhileThinking[] | null,
  ): TraceRecord[] {
    return rollout.completions.map(({ ids, logprobs, entropies }, i) => ({
      step: t,
      query: rollout.searches[i]!.query,
      completion: rollout.searches[i]!.completion,
      ids,
      text: this.context.tokens.decode(ids),
      logprobs,
      entropies,
      reward: report.rewards[i]!,
      advantage: advantages.values[i]!,
      rank: bestRank(report.rankings[i]!, rollout.searches[i]!.relevant),
      ...(thinking ? { ranks: thinking[i]!.ranks, rewards: thinking[i]!.rewards } : {}),
    }));
  }

  private checkEmission({ searches }: Rollout, t: number): void {
    this.silent = searches.some(({ embedding }) => embedding !== null) ? 0 : this.silent + 1;
    if (this.silent < SILENT_STEPS) return;
    throw new InputError(
      `stage 2, update ${t}: no completion has ended in the embed token for ${SILENT_STEPS} updates, expected some, because only those are searched and rewarded; the last checkpoint is kept`,
    );
  }

  async flush(): Promise<StepMetrics[]> {
    const measured = this.measured.splice(0);
    return this.pace.flush(this.step, this.stage, (i) => measured[i]!);
  }

  /** What a checkpoint keeps of the environment. */
  environmentState(): RefresherState | null {
    return this.refresher?.state() ?? null;
  }

  restoreEnvironment(state: RefresherState): void {
    this.refresher = Refresher.restore(state, this.context.model.architecture.hidden_size, this.environment);
  }

  /** Fits the plane of the picture to the documents as they lie now; positions told from here on lie in it. */
  refitPicture(): void {
    if (this.refresher) this.picture?.refit(this.refresher);
  }

  get stepMilliseconds(): number {
    return this.pace.milliseconds;
  }

  get moments(): Moments {
    return this.step.moments;
  }

  destroy(): void {
    this.step.destroy();
    this.generator.destroy();
    this.encoder.destroy();
    this.compensation.destroy();
    this.logprobs.destroy();
    this.prefixes?.destroy();
    if (this.kept) this.context.gpu.free(this.kept);
  }
}
