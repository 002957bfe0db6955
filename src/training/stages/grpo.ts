/**
 * Stage 2: GRPO against a retrieval environment that follows the model (Shao et al. 2024; Search-R3, arXiv 2510.07048).
 *
 * One step, `GrpoStage.run`: draw queries, sample a group of completions of each, search with what they end in, refresh the
 * documents' graph where it changed, search again, reward by DCG, learn from each reward against its group's mean.
 *
 * Departures. From the paper: its settings are not public, ours are measured (docs/decisions); rewards come from a graph that
 * is refreshed before it scores; facts are replayed. From TRL's GRPOTrainer: advantages are not divided by the group's
 * standard deviation unless `scale_rewards`; one loss, normalised by the batch's tokens; a completion without the embed
 * token gets reward 0 instead of being masked; the reference model is the stage-1 model and never moves. With `advantage: gain`
 * it is no GRPO but a filter of what was sampled.
 */
import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import { Generator } from '../../model/generator';
import type { StepMetrics } from '../../records/records';
import { dcgReward } from '../../retrieval/refresh/reward';
import type { TaskQuery } from '../../tasks/task';
import { adamwSettings, learningRate } from '../schedule';
import { batchTokens, TrainStep } from '../train-step';
import { gainAdvantages, groupAdvantages, type Advantages } from './grpo-advantage';
import { GrpoBatches, grpoCapacity } from './grpo-batch';
import { GrpoEnvironment } from './grpo-environment';
import { checkGate } from './grpo-gate';
import { grpoMetrics, grpoTraces, Laps } from './grpo-records';
import { drawQueries, rollOut, type Rollout } from './grpo-rollout';
import { packGrpoState, unpackGrpoState } from './grpo-state';
import { GrpoThinking } from './grpo-thinking';
import { StagePace } from './pace';
import type { Stage, StageContext, StageState } from './stage';

/**
 * Number of steps in a row without a single embed token after which the stage stops: there is nothing left to learn
 * from.
 */
const SILENT_STEPS = 20;

export class GrpoStage implements Stage {
  readonly name = 'grpo';
  private readonly generator: Generator;
  private readonly environment: GrpoEnvironment;
  private readonly batches: GrpoBatches;
  private readonly update: TrainStep;
  private readonly thinking: GrpoThinking;
  private readonly pace = new StagePace();
  /** Metrics of the steps since the last flush. */
  private measured: Record<string, number>[] = [];
  /** Updates in a row in which no completion ended in the embed token. */
  private silent = 0;
  private isRestored = false;

  constructor(private readonly context: StageContext) {
    const { gpu, model, session } = context;
    const { tokens, atOnce, prompts, completions } = grpoCapacity(context);
    this.generator = new Generator(model, {
      promptTokens: prompts,
      sequences: completions,
      maxTokens: session.grpo.max_completion_length,
    });
    this.environment = new GrpoEnvironment(context);
    this.batches = new GrpoBatches(context);
    const optimiser = adamwSettings(session.grpo);
    const { activations, numerics } = session.model;
    const { objectives } = this.batches;
    this.update = new TrainStep(gpu, model, tokens, objectives, optimiser, activations, atOnce, numerics);
    this.thinking = new GrpoThinking(context, this.environment.encoder);
  }

  restore(state: StageState): void {
    const { silent, environment } = unpackGrpoState(state);
    this.update.restore(state);
    this.environment.restore(environment);
    this.silent = silent;
    this.isRestored = true;
  }

  async record(): Promise<void> {
    await this.update.record();
    await this.generator.ready(this.context.session.grpo);
    for (const part of [this.environment, this.batches, this.thinking]) await part.ready();
  }

  async prepare(): Promise<void> {
    const { session, task, search, frozen } = this.context;
    if (!this.isRestored) {
      if (session.grpo.gate) await checkGate(search(), task, session);
      await frozen.take();
    }
    await this.record();
    await this.environment.prepare();
  }

  async run(t: number): Promise<void> {
    const { grpo, seed } = this.context.session;
    const random = new Random(seed, 'grpo', t);
    const laps = new Laps();
    this.pace.begin();

    const queries = drawQueries(this.context, random);
    const rollout = await rollOut(this.context, this.generator, queries, t);
    const begun = this.batches.begin(rollout);
    laps.end('rollout');

    const search = await this.environment.refresh(rollout.searches, t);
    const rewards = rollout.searches.map(({ relevant }, i) => dcgReward(search.rankings[i]!, relevant, grpo.reward_k));
    laps.end('refresh');

    const thinking = await this.thinking.follow(rollout, this.environment.vectors, t);
    if (thinking) laps.end('thinking');

    const advantages = await this.advantages(rewards, queries);
    const batch = await this.batches.finish(begun, rollout, rewards, advantages.values, random);
    const rate = learningRate(grpo, t);
    const slot = this.update.run(batch, rate, t, grpo.num_iterations);

    this.pace.queued({ t, rate, tokens: batchTokens(batch), slot, microBatches: this.update.microBatches });
    const result = { rollout, search, rewards, advantages, thinking };
    this.measured.push({ ...grpoMetrics(this.context, result), ...laps.metrics });
    this.context.observer.traces(grpoTraces(this.context, result, t));
    this.context.observer.graph(search.record, this.environment.positions);
    this.checkEmission(rollout, t);
  }

  private async advantages(rewards: readonly number[], queries: readonly TaskQuery[]): Promise<Advantages> {
    const { session, tokens } = this.context;
    const { advantage, num_generations, scale_rewards, reward_k } = session.grpo;
    if (advantage === 'group') return groupAdvantages(rewards, num_generations, scale_rewards);
    const direct = queries.map(({ text }) => [...tokens.prompt(text, 'direct'), tokens.embed]);
    const found = this.environment.search(await this.environment.encoder.encode(direct));
    return gainAdvantages(
      rewards,
      queries.map(({ relevant }, i) => dcgReward(found[i]!, relevant, reward_k)),
    );
  }

  /** Counts updates without an embed token. @throws InputError where too many in a row had none. */
  private checkEmission({ searches }: Rollout, t: number): void {
    this.silent = searches.some(({ embedding }) => embedding !== null) ? 0 : this.silent + 1;
    if (this.silent < SILENT_STEPS) return;
    throw new InputError(
      `stage 2, its step ${t}: no completion has ended in the embed token for ${SILENT_STEPS} updates, expected some, because only those are searched and rewarded; the last checkpoint is kept`,
    );
  }

  async flush(): Promise<StepMetrics[]> {
    const measured = this.measured.splice(0);
    return this.pace.flush(this.update, this.name, (i) => measured[i]!);
  }

  async state(): Promise<StageState> {
    const { moments, numbers } = await this.update.optimiserState();
    const own = packGrpoState({ silent: this.silent, environment: this.environment.state() });
    return { moments, numbers: { ...own.numbers, ...numbers }, arrays: own.arrays };
  }

  refitPicture(): void {
    this.environment.refitPicture();
  }

  get stepMilliseconds(): number {
    return this.pace.milliseconds;
  }

  destroy(): void {
    for (const part of [this.generator, this.environment, this.batches, this.update, this.thinking]) part.destroy();
  }
}
